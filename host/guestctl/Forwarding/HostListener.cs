using System.Net.Sockets;

namespace GuestAgent.Cli.Forwarding;

/// <summary>A socket of this host that listens, and its file, if it has one, which goes with it.</summary>
internal sealed class HostListener(string address) : IAsyncDisposable
{
    /// <summary>The socket.</summary>
    public Socket Socket { get; } = HostSide.Listen(address);

    /// <summary>Where it listens, with the port that the kernel has chosen.</summary>
    public string Address => HostSide.AddressOf(Socket, address);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        if (address.StartsWith('/'))
        {
            File.Delete(address);
        }

        return ValueTask.CompletedTask;
    }
}
