using GuestAgent.Commands;
using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;

namespace GuestAgent.Forwarding;

/// <summary>Sends what comes over a connection to the host, within the host's credit and at the pace of the channel.</summary>
internal sealed class ForwardedBytes(CallContext context, OutputWindow window) : IOutputSink
{
    // Around the base64 of a piece: the envelope, with the longest id.
    private const int EnvelopeBytes = 512;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Kept => default;

    /// <inheritdoc/>
    public long TotalBytes { get; private set; }

    /// <inheritdoc/>
    public bool Truncated { get; private set; }

    /// <inheritdoc/>
    public ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken) =>
        window.TakeAsync(Math.Min(wanted, (context.Events.MaxBytes - EnvelopeBytes) / 4 * 3), cancellationToken);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        long offset = TotalBytes;
        TotalBytes += data.Length;
        return context.Events.EmitAsync(ForwardOpen.Data, new ForwardData(context.Id, offset, data), cancellationToken);
    }

    /// <summary>Tells the host that no more will come.</summary>
    public ValueTask EndAsync(CancellationToken cancellationToken) => context.Events.EmitAsync(
        ForwardOpen.Data, new ForwardData(context.Id, TotalBytes, default, Eof: true), cancellationToken);

    /// <inheritdoc/>
    public void Release(int unused)
    {
        if (unused > 0)
        {
            window.Grant(unused);
        }
    }

    /// <inheritdoc/>
    public void CutOff() => Truncated = true;
}
