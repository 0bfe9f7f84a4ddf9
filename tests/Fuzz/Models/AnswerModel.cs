using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Tests.Fuzz.Models;

/// <summary>Which answers a host that sends certain bytes must get, as PROTOCOL.md says.</summary>
internal static class AnswerModel
{
    /// <summary>How many for each id; null when a hello drops answers of requests before it, of which nobody can tell which.</summary>
    public static Dictionary<string, int>? Expect(byte[] input, int maxLineBytes)
    {
        Dictionary<string, int> answers = [];
        void Add(CallId id) => answers[id.Json] = answers.GetValueOrDefault(id.Json) + 1;

        foreach (byte[]? line in LineModel.Cut(input, maxLineBytes))
        {
            if (line is null)
            {
                Add(CallId.Null);
            }
            else if (line.AsSpan().ContainsAnyExcept(" \t\r"u8) && !TryExpect(line, Add))
            {
                return null;
            }
        }

        return answers;
    }

    private static bool TryExpect(byte[] line, Action<CallId> add)
    {
        IReadOnlyList<ReadOnlyMemory<byte>> parts;
        bool isBatch;
        try
        {
            parts = JsonRpcParser.Split(line, out isBatch);
        }
        catch (OperationException)
        {
            add(CallId.Null);
            return true;
        }

        foreach (ReadOnlyMemory<byte> part in parts)
        {
            try
            {
                JsonRpcMessage message = JsonRpcParser.Read(part);
                if (message.Method == "hello" && !isBatch)
                {
                    return false;
                }

                if (message.Method is null)
                {
                    add(CallId.Null);
                }
                else if (message.Id is { } id)
                {
                    add(id);
                }
            }
            catch (OperationException)
            {
                add(JsonRpcParser.FindId(part));
            }
        }

        return true;
    }
}
