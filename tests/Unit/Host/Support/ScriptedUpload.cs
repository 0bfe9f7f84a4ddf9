using GuestAgent.Hashing;
using Xunit;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>The uploads of a scripted agent, which takes pieces as a real one does.</summary>
internal sealed class ScriptedUpload
{
    private const string Token = "0123456789abcdef";
    private const int MostPieceBytes = 100_000;

    /// <summary>What has come.</summary>
    public MemoryStream Received { get; } = new();

    /// <summary>What was committed.</summary>
    public byte[]? Committed { get; private set; }

    /// <summary>True when the upload was dropped.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>How often an upload was opened.</summary>
    public int Opened { get; private set; }

    /// <summary>False when the agent does not know the upload, as after a restart.</summary>
    public bool IsKnown { get; set; }

    /// <summary>An upload is open and has these bytes.</summary>
    public void Has(ReadOnlySpan<byte> bytes)
    {
        IsKnown = true;
        Received.Write(bytes);
    }

    /// <summary>Serves an upload until the task under test is done or a hook says that it is enough.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="until">The task under test.</param>
    /// <param name="stop">Looks at each request first; true leaves it unanswered and ends the serving.</param>
    public async Task ServeAsync(ScriptedAgent agent, Task until, Func<ScriptedCall, bool>? stop = null)
    {
        while (!until.IsCompleted)
        {
            Task<ScriptedCall> receiving = agent.ReceiveAsync();
            if (await Task.WhenAny(receiving, until) == until)
            {
                return;
            }

            ScriptedCall call = await receiving;
            if (stop?.Invoke(call) == true)
            {
                return;
            }

            await AnswerAsync(agent, call);
        }
    }

    public async Task AnswerAsync(ScriptedAgent agent, ScriptedCall call)
    {
        if (call.Method is not ("file_upload_open" or "file_upload_cancel") && call.Id is not null && !IsKnown)
        {
            await agent.RefuseAsync(call, -32002, "There is no such upload.");
            return;
        }

        switch (call.Method)
        {
            case "file_upload_open":
                Opened++;
                IsKnown = true;
                Received.SetLength(0);
                await agent.AnswerAsync(
                    call,
                    $$"""{"token":"{{Token}}","offset":0,"max_chunk_bytes":{{MostPieceBytes}},"expires_in_seconds":600}""");
                break;
            case "file_upload_write":
                await WriteAsync(agent, call);
                break;
            case "file_upload_status":
                await agent.AnswerAsync(
                    call,
                    $$"""{"state":"open","offset":{{Received.Length}},"path":"/f","expires_in_seconds":600}""");
                break;
            case "file_upload_commit":
                Committed = Received.ToArray();
                string sha256 = Convert.ToHexStringLower(Sha256.HashData(Committed));
                Assert.Equal(sha256, call.Params.GetProperty("sha256").GetString());
                Assert.Equal(Committed.Length, call.Params.GetProperty("size_bytes").GetInt64());
                await agent.AnswerAsync(
                    call, $$"""{"bytes_written":{{Committed.Length}},"path":"/f","sha256":"{{sha256}}"}""");
                break;
            case "file_upload_cancel":
                Cancelled = true;
                break;
        }
    }

    private async Task WriteAsync(ScriptedAgent agent, ScriptedCall call)
    {
        byte[] data = call.Params.GetProperty("data").GetBytesFromBase64();
        Assert.InRange(data.Length, 1, Opened > 0 ? MostPieceBytes : int.MaxValue);
        if (call.Params.GetProperty("offset").GetInt64() != Received.Length)
        {
            await agent.RefuseAsync(
                call, -32602, "Another piece is next.", $$"""{"field":"params.offset","limit":{{Received.Length}}}""");
            return;
        }

        Received.Position = Received.Length;
        Received.Write(data);
        await agent.AnswerAsync(call, $$"""{"offset":{{Received.Length}}}""");
    }
}
