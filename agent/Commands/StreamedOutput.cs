using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;

namespace GuestAgent.Commands;

/// <summary>Sends an output to the host as it comes, within the host's credit and at the pace of the connection.</summary>
internal sealed class StreamedOutput(CallContext context, OutputChannel channel, OutputWindow? window) : IOutputSink
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Kept => default;

    /// <inheritdoc/>
    public long TotalBytes { get; private set; }

    /// <inheritdoc/>
    public bool Truncated { get; private set; }

    /// <inheritdoc/>
    public ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken) =>
        window is null ? new ValueTask<int>(wanted) : window.TakeAsync(wanted, cancellationToken);

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
