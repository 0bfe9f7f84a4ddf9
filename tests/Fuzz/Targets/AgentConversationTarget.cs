using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Errors;
using GuestAgent.Tests.Fuzz.Agents;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;
using GuestAgent.Wire.JsonRpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>
/// A whole conversation with an agent in this process: each request is answered once, under its id, never with "internal error",
/// and the conversation ends when the agent is told to stop.
/// </summary>
internal sealed class AgentConversationTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "agent-conversation";

    private const int InputsBetweenCleanings = 500;

    // All lines before it have been taken when it is answered.
    private static readonly byte[] Last = Encoding.UTF8.GetBytes("\n" + """{"jsonrpc":"2.0","id":"the last","method":"ping"}""" + "\n");

    private readonly FuzzedAgent _agent = new();
    private int _inputs;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => [.. JsonRpcWords.All, FuzzedAgent.Placeholder, FuzzedAgent.Placeholder + "/d", "/bin/true", "/bin/echo", "/bin/cat"];

    /// <inheritdoc/>
    /// <remarks>
    /// Sixty-four requests of a batch may each list all processes of this machine, and threads of the pool and the runtime allocate, too.
    /// </remarks>
    public override MemoryBound Memory => new(64 * 1024, 64 << 20);

    /// <inheritdoc/>
    public override bool IsSynchronous => false;

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        if (++_inputs % InputsBetweenCleanings == 0)
        {
            _agent.MakeFiles();
        }

        byte[] filled = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(input)
            .Replace(FuzzedAgent.Placeholder, _agent.Directory, StringComparison.Ordinal));
        TakeAsync(filled).GetAwaiter().GetResult();
        _agent.ThrowDefect();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _agent.Dispose();
        base.Dispose();
    }

    private async Task TakeAsync(byte[] input)
    {
        bool isUnmarked = input.Length % 4 == 0;
        using var connection = new MemoryConnection(isUnmarked);
        var dialect = new JsonRpcDialect(_agent.Dispatcher, _agent.Memory, NullLogger<JsonRpcDialect>.Instance);
        Task serving = connection.ServeAsync(dialect, _agent.Profile);
        // In two pieces, so that the second may come while the first is worked on.
        int cut = input.Length / 3;
        await connection.SendAsync(input.AsMemory(0, cut));
        await connection.SendAsync(input.AsMemory(cut));
        await connection.SendAsync(Last);
        Dictionary<string, int> answers = [];
        bool isStopped = false;
        while (await ReadAsync(connection.Output) is { } line)
        {
            Count(line, answers);
            if (!isStopped && answers.ContainsKey("\"the last\""))
            {
                isStopped = true;
                connection.RequestClose();
            }
        }

        await serving;
        PropertyException.Require(isStopped, "the last request is answered");
        if (!isUnmarked && AnswerModel.Expect([.. input, .. Last], _agent.Profile.Limits.MaxMessageBytes) is { } expected)
        {
            Compare(expected, answers);
        }
    }

    private static void Compare(Dictionary<string, int> expected, Dictionary<string, int> answers)
    {
        foreach (string id in expected.Keys.Union(answers.Keys))
        {
            int wanted = expected.GetValueOrDefault(id), got = answers.GetValueOrDefault(id);
            PropertyException.Require(wanted == got, "each request is answered once", $"{id}: {wanted} requests, {got} answers");
        }
    }

    // A message of the agent: a line, and the bytes that are attached to it.
    private static async Task<byte[]?> ReadAsync(PipeReader output)
    {
        while (true)
        {
            ReadResult read = await output.ReadAsync();
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                byte[] line = read.Buffer.Slice(0, end).ToArray();
                output.AdvanceTo(read.Buffer.GetPosition(1, end));
                if (line[0] == (byte)'{' && JsonRpcParser.Read(line).AttachedBytes is > 0 and var attached)
                {
                    ReadResult content = await output.ReadAtLeastAsync(attached);
                    output.AdvanceTo(content.Buffer.GetPosition(attached));
                }

                return line;
            }

            output.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                PropertyException.Require(read.Buffer.IsEmpty, "what the agent sends ends with a whole line");
                return null;
            }
        }
    }

    private static void Count(byte[] line, Dictionary<string, int> answers)
    {
        foreach (ReadOnlyMemory<byte> part in Parts(line))
        {
            JsonRpcMessage message = JsonRpcParser.Read(part);
            if (message.Method is not null)
            {
                continue;
            }

            PropertyException.Require(
                message.Error.Span.IndexOf("\"code\":-32603"u8) < 0, "no answer is an internal error", Encoding.UTF8.GetString(part.Span));
            string id = message.Id!.Value.Json;
            answers[id] = answers.GetValueOrDefault(id) + 1;
        }
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Parts(byte[] line)
    {
        try
        {
            return JsonRpcParser.Split(line, out _);
        }
        catch (OperationException e)
        {
            throw new PropertyException("what the agent sends is JSON-RPC", e.Message + Encoding.UTF8.GetString(line));
        }
    }
}
