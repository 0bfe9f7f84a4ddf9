using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Sends commands in the qemu-ga dialect to a port, each behind a resynchronisation of the stream.</summary>
/// <remarks>
/// No byte of the stream can be trusted over a reset or a restored snapshot, and the host sees neither: so every
/// command starts with guest-sync-delimited. The connection is kept, because qemu-ga is slow to notice a new one.
/// </remarks>
public sealed class QgaChannel(string socketPath) : IDisposable
{
    // An answer can be lost for good (a reset took the question along), so the question is repeated.
    private static readonly TimeSpan SyncLimit = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private JsonLineSocket? _socket;
    private int _lastSyncId;

    public void Dispose()
    {
        Disconnect();
        _turn.Dispose();
    }

    public async Task<JsonElement> RequestAsync(
        string command, JsonObject? arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Bounded.RunAsync(
                token => ExchangeAsync(command, arguments, token), limit, $"answer to {command}", cancellationToken);
        }
        catch (Exception e) when (e is not QemuCommandException)
        {
            Disconnect();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<JsonElement> ExchangeAsync(
        string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        JsonLineSocket socket = await SynchroniseAsync(cancellationToken);
        await socket.SendAsync(Encode(command, arguments?.DeepClone()), cancellationToken);
        return QemuAnswer.Unwrap(command, JsonElement.Parse(await socket.ReceiveLineAsync(cancellationToken)));
    }

    private async Task<JsonLineSocket> SynchroniseAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            _socket ??= await JsonLineSocket.ConnectAsync(socketPath, cancellationToken);
            using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            attempt.CancelAfter(SyncLimit);
            try
            {
                await SynchroniseAsync(_socket, ++_lastSyncId, attempt.Token);
                return _socket;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                Disconnect();
            }
        }
    }

    private static async Task SynchroniseAsync(JsonLineSocket socket, int id, CancellationToken cancellationToken)
    {
        byte[] question = Encode("guest-sync-delimited", new JsonObject { ["id"] = id });
        await socket.SendAsync((byte[])[JsonLineSocket.Sentinel, .. question], cancellationToken);
        while (!IsSyncAnswer(await socket.ReceiveLineAsync(cancellationToken), id))
        {
            // A line of an earlier exchange, whole or cut.
        }
    }

    private static bool IsSyncAnswer(byte[] line, int id)
    {
        try
        {
            return JsonElement.Parse(line) is { ValueKind: JsonValueKind.Object } answer
                && answer.TryGetProperty("return", out JsonElement value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt32(out int number)
                && number == id;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static byte[] Encode(string command, JsonNode? arguments)
    {
        JsonObject request = new() { ["execute"] = command };
        if (arguments is not null)
        {
            request["arguments"] = arguments;
        }

        return Encoding.UTF8.GetBytes(request.ToJsonString() + "\n");
    }

    private void Disconnect()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
