using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;

namespace GuestAgent.Commands;

/// <summary>Sends an output to the host as it comes, within the host's credit and at the pace of the connection.</summary>
internal sealed class StreamedOutput(CallContext context, OutputChannel channel, OutputWindow? window) : IOutputSink
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
    public ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken)
    {
        int piece = Math.Min(wanted, (context.Events.MaxBytes - EnvelopeBytes) / 4 * 3);
        return window is null ? new ValueTask<int>(piece) : window.TakeAsync(piece, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        long offset = TotalBytes;
        TotalBytes += data.Length;
        return context.Events.EmitAsync(
            ExecCommand.Output, new ExecOutput(context.Id, channel, offset, data), cancellationToken);
    }

    /// <inheritdoc/>
    public void Release(int unused)
    {
        if (unused > 0)
        {
            window?.Grant(unused);
        }
    }

    /// <inheritdoc/>
    public void CutOff() => Truncated = true;
}
