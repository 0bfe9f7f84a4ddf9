using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class StandardInputTests
{
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Input_goes_out_in_pieces_each_behind_the_answer_to_the_one_before()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        Assert.True(exec.Params.GetProperty("stdin_open").GetBoolean());
        byte[] sent = new byte[150_000];
        Random.Shared.NextBytes(sent);
        Task writing = process.WriteStandardInputAsync(sent, Token);
        var received = new List<byte>();
        while (received.Count < sent.Length)
        {
            ScriptedCall piece = await _agent.ReceiveAsync("exec_stdin");
            Assert.Equal(exec.Id, piece.Params.GetProperty("id").GetRawText());
            byte[] data = piece.Params.GetProperty("data").GetBytesFromBase64();
            received.AddRange(data);
            Assert.False(piece.Params.GetProperty("eof").GetBoolean());
            Assert.False(writing.IsCompleted);
            await _agent.AnswerAsync(piece, $$"""{"written":{{data.Length}}}""");
        }

        await writing.InTime();
        Assert.Equal(sent, received);

        Task closing = process.CloseStandardInputAsync(Token);
        ScriptedCall end = await _agent.ReceiveAsync("exec_stdin");
        Assert.True(end.Params.GetProperty("eof").GetBoolean());
        await _agent.AnswerAsync(end, """{"written":0}""");
        await closing.InTime();
    }

    [Fact]
    public async Task A_piece_fits_an_agent_that_accepts_little()
    {
        var description = ScriptedAgent.Describe();
        (GuestProcess process, _) =
            await StartAsync(description with { Limits = description.Limits with { MaxMessageBytes = 4096 } });
        Task writing = process.WriteStandardInputAsync(new byte[5000], Token);
        for (int received = 0; received < 5000;)
        {
            string line = await _agent.ReceiveLineAsync();
            Assert.InRange(line.Length, 1, 4096);
            ScriptedCall piece = ScriptedCall.Parse(line);
            int length = piece.Params.GetProperty("data").GetBytesFromBase64().Length;
            received += length;
            await _agent.AnswerAsync(piece, $$"""{"written":{{length}}}""");
        }

        await writing.InTime();
    }

    [Fact]
    public async Task Only_one_writes_at_a_time()
    {
        (GuestProcess process, _) = await StartAsync();
        Task first = process.WriteStandardInputAsync(new byte[1], Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => process.WriteStandardInputAsync(new byte[1], Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() => process.CloseStandardInputAsync(Token));
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_write_that_the_command_will_never_read_fails_when_it_ends()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        Task writing = process.WriteStandardInputAsync(new byte[1], Token);
        await _agent.ReceiveAsync("exec_stdin");
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit());
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => writing.InTime());
        Assert.Equal(ErrorCode.NotFound, e.Code);
        await Assert.ThrowsAsync<GuestAgentException>(() => process.CloseStandardInputAsync(Token).InTime());
    }

    [Fact]
    public async Task A_write_fails_with_the_connection()
    {
        (GuestProcess process, _) = await StartAsync();
        Task writing = process.WriteStandardInputAsync(new byte[1], Token);
        await _agent.ReceiveAsync("exec_stdin");
        _agent.Close();
        await Assert.ThrowsAnyAsync<GuestException>(() => writing.InTime());
    }

    private async Task<(GuestProcess Process, ScriptedCall Exec)> StartAsync(
        Contracts.Agent.AgentDescription? description = null)
    {
        GuestClient client = await _agent.AttachAsync(description: description);
        GuestProcess process = await client.StartAsync(new("cat") { KeepInputOpen = true }, Token);
        return (process, await _agent.ReceiveAsync("exec_command"));
    }
}
