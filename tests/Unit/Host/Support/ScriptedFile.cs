using System.Text.Json;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>A file of a scripted agent, which answers reads of it truthfully.</summary>
internal sealed class ScriptedFile(byte[] content, string version = "v1")
{
    /// <summary>The answer to a <c>file_read</c>.</summary>
    public string Read(ScriptedCall call)
    {
        long offset = call.Params.GetProperty("offset").GetInt64();
        int start = (int)Math.Min(offset, content.Length);
        int length = (int)Math.Min(call.Params.GetProperty("length").GetInt64(), content.Length - start);
        return Piece(content.AsSpan(start, length), offset, content.Length, start + length == content.Length, version);
    }

    /// <summary>The answer to a <c>file_hash</c>.</summary>
    public string Hash(ScriptedCall call)
    {
        int offset = (int)call.Params.GetProperty("offset").GetInt64();
        int length = (int)call.Params.GetProperty("length").GetInt64();
        string sha256 = Convert.ToHexStringLower(GuestAgent.Hashing.Sha256.HashData(content.AsSpan(offset, length)));
        return $$"""{"sha256":"{{sha256}}","size_bytes":{{length}},"version":"{{version}}"}""";
    }

    public static string Piece(ReadOnlySpan<byte> bytes, long offset, long fileSize, bool eof, string version = "v1") =>
        $$"""{"content":"{{Convert.ToBase64String(bytes)}}","size_bytes":{{bytes.Length}},"encoding":"base64",""" +
        $$""" "offset":{{offset}},"file_size_bytes":{{fileSize}},"eof":{{JsonSerializer.Serialize(eof)}},""" +
        $$""" "version":"{{version}}"}""";

    /// <summary>Answers reads and hashes until the task under test is done, but for those that the hook takes.</summary>
    public async Task ServeAsync(ScriptedAgent agent, Task until, Func<ScriptedCall, bool>? except = null)
    {
        while (!until.IsCompleted)
        {
            Task<ScriptedCall> receiving = agent.ReceiveAsync();
            if (await Task.WhenAny(receiving, until) == until)
            {
                return;
            }

            ScriptedCall call = await receiving;
            if (except?.Invoke(call) == true)
            {
                return;
            }

            if (call.Method is "file_read" or "file_hash")
            {
                await agent.AnswerAsync(call, call.Method == "file_read" ? Read(call) : Hash(call));
            }
        }
    }
}
