using GuestAgent.Errors;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>
/// Finds the next host's first request behind the unfinished message of the host before, where the kernel showed no
/// boundary between them (a virtio port whose hosts change quickly). Text inside a JSON string cannot be mistaken for a
/// request, because its quotes are escaped.
/// </summary>
internal static class BrokenOffLine
{
    // Each try stops where the JSON ends or breaks; the objects nested in an unfinished message are few.
    private const int MaxTries = 32;

    /// <summary>The request at the end of <paramref name="line"/>; empty when there is none.</summary>
    public static ReadOnlyMemory<byte> FindRequest(ReadOnlyMemory<byte> line)
    {
        int start = 0;
        for (int tries = 0; tries < MaxTries; tries++)
        {
            int next = line.Span[(start + 1)..].IndexOf("{\""u8);
            if (next < 0)
            {
                break;
            }

            start += 1 + next;
            if (IsRequest(line[start..]))
            {
                return line[start..];
            }
        }

        return default;
    }

    private static bool IsRequest(ReadOnlyMemory<byte> text)
    {
        try
        {
            JsonRpcParser.Split(text, out bool isBatch);
            return !isBatch && JsonRpcParser.Read(text).Method is not null;
        }
        catch (OperationException)
        {
            return false;
        }
    }
}
