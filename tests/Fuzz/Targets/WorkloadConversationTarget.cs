using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text.Json;
using GuestAgent.Dialects.Workload;
using GuestAgent.Framing;
using GuestAgent.Tests.Fuzz.Agents;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Wire.Workload;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>A whole conversation of a host with a program: lines of output, then one result, which is no internal error.</summary>
internal sealed class WorkloadConversationTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "workload-conversation";

    private readonly FuzzedAgent _agent = new();

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => WorkloadWords.All;

    /// <inheritdoc/>
    /// <remarks>Most is what unpacking an archive keeps, and what the pool's threads do beside it.</remarks>
    public override MemoryBound Memory => new(64 * 1024, 16 << 20);

    /// <inheritdoc/>
    public override bool IsSynchronous => false;

    /// <inheritdoc/>
    public override void Repair(byte[] input) => FrameLengths.Repair(input);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        TakeAsync(input).GetAwaiter().GetResult();
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
        using var connection = new MemoryConnection(isUnmarked: false);
        var dialect = new WorkloadDialect(_agent.Dispatcher, _agent.Memory, NullLogger<WorkloadDialect>.Instance);
        Task serving = connection.ServeAsync(dialect, _agent.WorkloadProfile);
        await connection.SendAsync(input);
        bool isWhole = input.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(input) <= input.Length - 4;
        bool isAnswered = isWhole || (input.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(input) > 8192);
        if (!isWhole)
        {
            connection.EndInput();
        }

        // The end of the input cancels; a host that waits for its result keeps it open.
        await serving;
        int results = await CountResultsAsync(connection.Output);
        PropertyException.Require(results == (isAnswered ? 1 : 0), "a request has one result", $"{results}");
    }

    private static async Task<int> CountResultsAsync(PipeReader output)
    {
        ReadResult read = await output.ReadAtLeastAsync(int.MaxValue);
        ReadOnlySequence<byte> rest = read.Buffer;
        int results = 0;
        while (LengthFramer.TryRead(ref rest, WorkloadWire.MaxFrameBytes, out ReadOnlySequence<byte> frame, out _) == FrameStatus.Frame)
        {
            GuestMessage message = JsonSerializer.Deserialize(frame.ToArray(), WorkloadJson.Default.GuestMessage)!;
            PropertyException.Require(results == 0, "nothing follows the result");
            PropertyException.Require(message.Type is WorkloadWire.Log or WorkloadWire.Result, "the agent sends logs and a result");
            results += message.Response is not null ? 1 : 0;
        }

        PropertyException.Require(rest.IsEmpty, "what the agent sends ends with a whole frame");
        return results;
    }
}
