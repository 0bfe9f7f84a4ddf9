using System.Text.Json;

namespace GuestAgent.Tests.Integration.Malformed;

/// <summary>Looks at every reply to malformed input: each must be a JSON-RPC reply, and none may tell of a defect.</summary>
internal sealed class ReplyTally
{
    private const int InternalError = -32603;

    /// <summary>Replies seen.</summary>
    public int Count { get; private set; }

    /// <summary>Takes one line of the agent.</summary>
    public void Add(string line)
    {
        try
        {
            using JsonDocument message = JsonDocument.Parse(line);
            if (message.RootElement.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement reply in message.RootElement.EnumerateArray())
                {
                    Check(reply, line);
                }
            }
            else
            {
                Check(message.RootElement, line);
            }
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"not JSON: {line}", e);
        }
    }

    private void Check(JsonElement reply, string line)
    {
        Count++;
        bool hasResult = reply.TryGetProperty("result", out _);
        bool hasError = reply.TryGetProperty("error", out JsonElement error);
        if (reply.GetProperty("jsonrpc").GetRawText() != "\"2.0\"" || hasResult == hasError
            || reply.GetProperty("id").ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null))
        {
            throw new InvalidOperationException($"no JSON-RPC reply: {line}");
        }

        if (hasError && error.GetProperty("code").GetInt32() is var code && (code == InternalError || code is < -32768 or > -32000))
        {
            throw new InvalidOperationException($"error {code}: {line}");
        }
    }
}
