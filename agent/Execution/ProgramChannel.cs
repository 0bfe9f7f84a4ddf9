using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Execution;

/// <summary>
/// The agent's end of the socket to the launcher of a confined program: how the start went, signals for the program, and
/// how it ended, as its number is not the agent's to know. The other end sees in it that the agent is gone.
/// </summary>
/// <param name="socket">Of SOCK_SEQPACKET; owned from here on.</param>
internal sealed class ProgramChannel(AsyncDescriptor socket) : IDisposable
{
    // The reset that comes before the last record, where signals were on their way when the other end closed.
    private const int Attempts = 3;

    /// <summary>Whether the launcher stays, as the first process of the program's namespace.</summary>
    public bool HasInit { get; set; }

    /// <summary>Reads how the start went; null when the launcher died.</summary>
    public async ValueTask<LaunchReport?> ReadStartAsync(CancellationToken cancellationToken)
    {
        LaunchReport? last = null;
        byte[] bytes = new byte[LaunchReport.Size];
        while (await socket.ReadAsync(bytes, cancellationToken) == bytes.Length)
        {
            last = MemoryMarshal.Read<LaunchReport>(bytes);
            if (HasInit || last is not { Step: LaunchReport.Ready })
            {
                break;
            }
        }

        return last;
    }

    /// <summary>Has the program, or its process group, sent a signal.</summary>
    /// <returns>False when nobody is left to receive it.</returns>
    public bool TrySignal(int signal, bool group)
    {
        var order = new ProgramSignal(signal, group ? 1 : 0);
        try
        {
            return socket.TryWrite(MemoryMarshal.AsBytes(new ReadOnlySpan<ProgramSignal>(in order))).Status == TransferStatus.Moved;
        }
        catch (LinuxException e) when (e.Errno is Errno.EPIPE or Errno.ECONNRESET)
        {
            return false;
        }
    }

    /// <summary>How the program ended, after the launcher has; null when the launcher itself was killed.</summary>
    public LaunchReport? TakeEnd()
    {
        Span<byte> bytes = stackalloc byte[LaunchReport.Size];
        for (int attempt = 0; HasInit && attempt < Attempts; attempt++)
        {
            try
            {
                return socket.TryRead(bytes).Count == bytes.Length ? MemoryMarshal.Read<LaunchReport>(bytes) : null;
            }
            catch (LinuxException e) when (e.Errno == Errno.ECONNRESET)
            {
                continue;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
