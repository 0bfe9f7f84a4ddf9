using System.Collections.Concurrent;
using System.Net.Sockets;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Workload;
using Xunit;

namespace GuestAgent.Tests.Integration.Workload;

/// <summary>A host's test list against the agent and against guests that misbehave, behind a stand-in of the VMM.</summary>
public sealed class HybridHostTests : HostTestList, IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentBag<Socket> _sockets = [];
    private RunningAgent _agent = null!;
    private HybridVsock _vmm = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await WorkloadAgent.StartAsync();
        _vmm = new HybridVsock(_directory["v.sock"]);
        _vmm.Listen(1024, _agent.SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        await _vmm.DisposeAsync();
        TemporaryDirectory place = _agent.Directory;
        await _agent.DisposeAsync();
        place.Dispose();
        _directory.Dispose();
    }

    protected override string Endpoint(uint port) => $"hybrid://{_vmm.Path}:{port}";

    protected override Task ServeAsync(uint port, byte[] bytes, bool isHeld)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(listener);
        string path = _directory[$"guest-{port}"];
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _ = SpeakAsync(listener, bytes, isHeld);
        _vmm.Listen(port, path);
        return Task.CompletedTask;
    }

    protected override Task ResetAsync()
    {
        _vmm.Snapshot();
        return Task.CompletedTask;
    }

    private async Task SpeakAsync(Socket listener, byte[] bytes, bool isHeld)
    {
        try
        {
            while (true)
            {
                Socket host = await listener.AcceptAsync();
                await host.SendAsync(bytes);
                if (isHeld)
                {
                    _sockets.Add(host);
                }
                else
                {
                    host.Dispose();
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
