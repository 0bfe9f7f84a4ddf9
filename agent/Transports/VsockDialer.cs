using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports;

/// <summary>
/// Makes a host that listens look like one that connects: one connection at a time, dialled again when it has ended.
/// </summary>
internal sealed partial class VsockDialer(
    VsockDialEndPoint endpoint, EpollLoop loop, VsockConnectionFactory connections, TimeProvider clock, ILogger logger)
    : IPatientListener
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _unbound = new();
    private readonly Backoff _backoff = new(FirstPause, LongestPause, clock);
    private Task? _former;
    private volatile string? _reported = "";

    /// <inheritdoc/>
    public EndPoint EndPoint => endpoint;

    /// <inheritdoc/>
    public string? Obstacle => _reported is "" ? null : _reported;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            if (_former is { } former)
            {
                await former.WaitAsync(either.Token);
                // So that a host that takes connections and ends them does not keep the guest busy.
                await _backoff.PauseAsync(either.Token);
            }

            SafeFileHandle socket = await DialAsync(either.Token);
            ConnectionContext connection = connections.Create(socket, endpoint.Peer.Cid);
            _former = EndOf(connection);
            return connection;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _unbound.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync();
        _unbound.Dispose();
    }

    private async Task<SafeFileHandle> DialAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                SafeFileHandle socket = await VsockSocket.ConnectAsync(endpoint.Peer, loop, cancellationToken);
                _backoff.Reset();
                Report(null);
                return socket;
            }
            catch (LinuxException e)
            {
                Report(e.Message);
            }

            await _backoff.PauseAsync(cancellationToken);
        }
    }

    // Each change once, not each try: a host may take a connection for every request.
    private void Report(string? failure)
    {
        if (failure == _reported)
        {
            return;
        }

        _reported = failure;
        if (failure is null)
        {
            Connected(endpoint.Peer);
        }
        else
        {
            Waiting(failure);
        }
    }

    private static Task EndOf(ConnectionContext connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(ended.SetResult);
        return ended.Task;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to vsock {Peer}")]
    private partial void Connected(VsockAddress peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}; trying again until it works")]
    private partial void Waiting(string reason);
}
