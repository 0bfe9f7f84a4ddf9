using System.Runtime.CompilerServices;
using System.Text;
using GuestAgent.Host.Transports;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Host.Workloads;

/// <summary>
/// One exchange with a guest that speaks the dialect <c>workload</c>, ours or that of the system that it comes from: a
/// request, lines of output, a result. A connection serves one exchange; any number of them may be dialled at once.
/// </summary>
/// <remarks>
/// One task at a time reads. Nothing is read ahead: a caller that takes no lines makes the program wait. Whoever gives up
/// reading, also by a cancelled token, disposes the client, which ends the program in the guest.
/// </remarks>
/// <example>
/// <code>
/// await using WorkloadClient client = await WorkloadClient.DialAsync("hybrid:///run/vm1/v.sock:1024");
/// WorkloadResult result = await client.RunAsync(
///     new WorkloadRequest("python") { Code = "print(6 * 7)" }, log => Console.WriteLine(log.Line));
/// </code>
/// </example>
public sealed class WorkloadClient : IAsyncDisposable
{
    private readonly ByteChannel _channel;
    private readonly WorkloadMessages _messages;
    private WorkloadResult? _result;

    private WorkloadClient(Stream stream)
    {
        _channel = ByteChannel.Over(stream);
        _messages = new WorkloadMessages(_channel);
    }

    /// <summary>Connects to the guest's port, as often as the options say while nobody listens there.</summary>
    /// <param name="endpoint">As for <see cref="GuestEndpoint.Parse"/>.</param>
    /// <param name="options">Time limit and retries; <see cref="GuestClientOptions.Default"/> when null.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <exception cref="GuestEndpointException"><paramref name="endpoint"/> is no endpoint.</exception>
    /// <exception cref="GuestConnectionException">There is no connection.</exception>
    public static Task<WorkloadClient> DialAsync(
        string endpoint, GuestClientOptions? options = null, CancellationToken cancellationToken = default) =>
        DialAsync(GuestEndpoint.Parse(endpoint), options, cancellationToken);

    /// <inheritdoc cref="DialAsync(string, GuestClientOptions?, CancellationToken)"/>
    public static async Task<WorkloadClient> DialAsync(
        GuestEndpoint endpoint, GuestClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return new WorkloadClient(await Dialing
            .DialAsync(Connectors.For(endpoint), options ?? GuestClientOptions.Default, cancellationToken)
            .ConfigureAwait(false));
    }

    /// <summary>Uses a connection that is open already.</summary>
    /// <param name="stream">The connection, which belongs to the client from now on.</param>
    public static WorkloadClient Over(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new WorkloadClient(stream);
    }

    /// <summary>Sends the request; once.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    /// <exception cref="ArgumentException">The request is longer than the protocol allows, 16 MiB.</exception>
    /// <exception cref="WorkloadException">The connection has ended.</exception>
    public Task SendAsync(WorkloadRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _messages.SendAsync(request.ToWire(), cancellationToken);
    }

    /// <summary>Asks the guest to end the program; the result follows. Guests of the original system ignore it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">The connection has ended.</exception>
    public Task CancelAsync(CancellationToken cancellationToken = default) =>
        _messages.SendAsync(new GuestMessage(WorkloadWire.Cancel), cancellationToken);

    /// <summary>The program's lines as they come, until the result is there.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">There is no result; the error has the last lines.</exception>
    public async IAsyncEnumerable<WorkloadLog> StreamLogsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadLogAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return new WorkloadLog(
                message.Line ?? Encoding.UTF8.GetString(message.Data!.Value.Span), message.Stream, message.Offset);
        }
    }

    /// <summary>
    /// The program's output as it comes, byte by byte if the request has <see cref="WorkloadRequest.ExactOutput"/> and the guest
    /// can do that, until the result is there.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">There is no result; the error has the last lines.</exception>
    public async IAsyncEnumerable<WorkloadOutput> StreamOutputAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReadLogAsync(cancellationToken).ConfigureAwait(false) is { } message)
        {
            yield return new WorkloadOutput(message.Data ?? Encoding.UTF8.GetBytes(message.Line + "\n"), message.Stream);
        }
    }

    /// <summary>Passes the program's lines on as they come, until the result is there.</summary>
    /// <param name="onLog">Takes each line; the next is read when it returns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">There is no result; the error has the last lines.</exception>
    public async Task StreamLogsAsync(Action<WorkloadLog> onLog, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(onLog);
        await foreach (WorkloadLog log in StreamLogsAsync(cancellationToken).ConfigureAwait(false))
        {
            onLog(log);
        }
    }

    /// <summary>The result; lines that were not read before are dropped.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">There is no result; the error has the last lines.</exception>
    public async Task<WorkloadResult> ReceiveResultAsync(CancellationToken cancellationToken = default)
    {
        await StreamLogsAsync(static _ => { }, cancellationToken).ConfigureAwait(false);
        return _result!;
    }

    /// <summary>Sends the request, passes lines on and returns the result.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="onLog">Takes each line; null to drop them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="WorkloadException">There is no result; the error has the last lines.</exception>
    public async Task<WorkloadResult> RunAsync(
        WorkloadRequest request, Action<WorkloadLog>? onLog = null, CancellationToken cancellationToken = default)
    {
        await SendAsync(request, cancellationToken).ConfigureAwait(false);
        await StreamLogsAsync(onLog ?? (static _ => { }), cancellationToken).ConfigureAwait(false);
        return _result!;
    }

    /// <summary>Ends the connection; a program that still runs is ended by the guest.</summary>
    public async ValueTask DisposeAsync()
    {
        await _channel.AbortAsync().ConfigureAwait(false);
        // Of a request that was given up there may be bytes left, for which there is no connection any more.
        _channel.Complete(new ObjectDisposedException(nameof(WorkloadClient)));
    }

    private async ValueTask<GuestMessage?> ReadLogAsync(CancellationToken cancellationToken)
    {
        if (_result is not null)
        {
            return null;
        }

        GuestMessage message = await _messages.ReadAsync(cancellationToken).ConfigureAwait(false);
        _result = message.Response is { } response ? Translate(response) : null;
        return _result is null ? message : null;
    }

    private static WorkloadResult Translate(GuestResponse response) => new(
        response.ExitCode,
        response.Output ?? "",
        string.IsNullOrEmpty(response.Error) ? null : response.Error,
        response.ErrorCode,
        response.Signal,
        response.OutputTruncated,
        response.DurationMs is >= 0 and <= 1L << 40 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null)
    {
        OomKilled = response.OomKilled,
        Runtimes = response.Runtimes,
    };
}
