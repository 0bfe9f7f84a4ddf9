using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Speaks QMP with one QEMU: commands, monitor lines and events.</summary>
public sealed class QmpClient : IAsyncDisposable
{
    private readonly JsonLineSocket _socket;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonElement>> _pending = new();
    private readonly Task<Exception> _reading;
    private int _lastId;

    private QmpClient(JsonLineSocket socket, TimeSpan limit)
    {
        _socket = socket;
        _limit = limit;
        _reading = ReadAsync();
    }

    public QmpEventLog Events { get; } = new();

    public static async Task<QmpClient> ConnectAsync(
        string socketPath, TimeSpan limit, CancellationToken cancellationToken)
    {
        JsonLineSocket socket = await JsonLineSocket.ConnectAsync(socketPath, cancellationToken);
        QmpClient client = new(socket, limit);
        try
        {
            await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
        _sending.Dispose();
    }

    public async Task<JsonElement> ExecuteAsync(
        string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        int id = Interlocked.Increment(ref _lastId);
        TaskCompletionSource<JsonElement> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = answer;
        try
        {
            return QemuAnswer.Unwrap(command, await Bounded.RunAsync(
                token => ExchangeAsync(Encode(command, arguments, id), answer.Task, token),
                _limit,
                $"answer to {command}",
                cancellationToken));
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }
    }

    /// <summary>Runs a line of the human monitor, where savevm and loadvm live.</summary>
    public async Task<string> MonitorAsync(string line, CancellationToken cancellationToken)
    {
        JsonObject arguments = new() { ["command-line"] = line };
        JsonElement answer = await ExecuteAsync("human-monitor-command", arguments, cancellationToken);
        string text = answer.GetString() ?? "";
        // The monitor has no other sign of a failure.
        return text.StartsWith("Error", StringComparison.Ordinal)
            ? throw new QemuCommandException(line, "monitor", text.Trim())
            : text;
    }

    private static byte[] Encode(string command, JsonObject? arguments, int id)
    {
        JsonObject request = new() { ["execute"] = command, ["id"] = id };
        if (arguments is not null)
        {
            request["arguments"] = arguments.DeepClone();
        }

        return Encoding.UTF8.GetBytes(request.ToJsonString() + "\n");
    }

    private async Task<JsonElement> ExchangeAsync(
        byte[] request, Task<JsonElement> answer, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(request, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }

        await Task.WhenAny(answer, _reading).WaitAsync(cancellationToken);
        return answer.IsCompleted ? await answer : throw new IOException("QMP has ended", await _reading);
    }

    private async Task<Exception> ReadAsync()
    {
        try
        {
            while (true)
            {
                Dispatch(JsonElement.Parse(await _socket.ReceiveLineAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or JsonException)
        {
            Events.End(e);
            return e;
        }
    }

    private void Dispatch(JsonElement message)
    {
        if (message.TryGetProperty("event", out JsonElement name))
        {
            message.TryGetProperty("data", out JsonElement data);
            Events.Add(new QmpEvent(name.GetString() ?? "", data));
        }
        else if (message.TryGetProperty("id", out JsonElement id)
            && _pending.TryGetValue(id.GetInt32(), out TaskCompletionSource<JsonElement>? answer))
        {
            answer.SetResult(message);
        }
    }
}
