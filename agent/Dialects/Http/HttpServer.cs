using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// Kestrel, while there is somebody to serve: it looks at its connections every second, and a guest that nobody asks anything is
/// left to sleep.
/// </summary>
/// <param name="loggers">Where it tells what happens.</param>
#pragma warning disable CA1001 // The server is disposed behind its last host, and a semaphore without a wait handle holds nothing.
internal sealed class HttpServer(ILoggerFactory loggers)
#pragma warning restore CA1001
{
    // Hosts that connect anew for each request find it running.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private KestrelServer? _server;
    private HandedConnections? _listener;
    private int _connections;
    private int _starts;

    /// <summary>Serves a connection to its end.</summary>
    public async Task ServeAsync(HttpConnection connection)
    {
        (await EnterAsync()).Add(connection);
        try
        {
            await connection.Ended;
        }
        finally
        {
            _ = LeaveAsync();
        }
    }

    private async Task<HandedConnections> EnterAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_server is null)
            {
                (_server, _listener) = await StartAsync();
            }

            _connections++;
            _starts++;
            return _listener!;
        }
        finally
        {
            _gate.Release();
        }
    }

    // One that cannot start, for want of a thread or of memory, is kept by nobody: the next host tries again.
    private async Task<(KestrelServer Server, HandedConnections Listener)> StartAsync()
    {
        var listener = new HandedConnections();
        KestrelServer server = Create(listener, loggers);
        try
        {
            await server.StartAsync(new HttpApplication(), CancellationToken.None);
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return (server, listener);
    }

    private async Task LeaveAsync()
    {
        await _gate.WaitAsync();
        int starts = _starts;
        bool last = --_connections == 0;
        _gate.Release();
        if (!last)
        {
            return;
        }

        await Task.Delay(Linger);
        await _gate.WaitAsync();
        try
        {
            if (starts == _starts)
            {
                await _server!.StopAsync(CancellationToken.None);
                _server.Dispose();
                (_server, _listener) = (null, null);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private static KestrelServer Create(HandedConnections listener, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        // How long a body may be is for the limits in force to say, which change under open connections.
        options.Limits.MaxRequestBodySize = null;
        // A path of 4095 bytes, each as "%2F".
        options.Limits.MaxRequestLineSize = 16 * 1024;
        // Connections are counted where they are accepted.
        options.Limits.MaxConcurrentConnections = null;
        // A host may read its events as slowly as it likes: what waits is bounded, and the command waits too.
        options.Limits.MinResponseDataRate = null;
        options.Listen(listener.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return new KestrelServer(Options.Create(options), listener, loggers);
    }
}
