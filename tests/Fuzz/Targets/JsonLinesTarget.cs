using System.Buffers;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>
/// Lines of JSON-RPC: cut, however the bytes come, as the simplest way to cut them says; each a message or a refusal; and a message
/// that is written and read again the same.
/// </summary>
internal sealed class JsonLinesTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "json-lines";

    private const int MaxLineBytes = 1024;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => JsonRpcWords.All;

    /// <inheritdoc/>
    /// <remarks>The exception of a refused line of two bytes is a few kilobytes; it is kept for no longer than its answer.</remarks>
    public override MemoryBound Memory => new(8192, 256 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        List<byte[]?> expected = LineModel.Cut(input, MaxLineBytes);
        RequireSame(expected, Cut(input, []), "lines are cut at their ends");
        var random = new Random(input.Length);
        RequireSame(expected, Cut(input, [random.Next(input.Length + 1), random.Next(input.Length + 1)]), "lines are the same in pieces");
        RequireSame(expected, Cut(input, [.. Enumerable.Range(0, Math.Min(input.Length, 128))]), "lines are the same byte by byte");
        foreach (byte[]? line in expected)
        {
            if (line is not null)
            {
                Read(line);
            }
        }
    }

    private static List<byte[]?> Cut(byte[] input, int[] cuts)
    {
        var framer = new LineFramer(MaxLineBytes);
        List<byte[]?> lines = [];
        Array.Sort(cuts);
        ReadOnlySequence<byte> rest = default;
        int from = 0;
        foreach (int to in (int[])[.. cuts, input.Length])
        {
            rest = Segments.Append(rest, input.AsMemory(from..to));
            from = to;
            while (framer.TryRead(ref rest, out ReadOnlySequence<byte> line) is var status and not LineStatus.NeedMore)
            {
                lines.Add(status == LineStatus.Line ? line.ToArray() : null);
            }
        }

        return lines;
    }

    private static void RequireSame(List<byte[]?> expected, List<byte[]?> lines, string property) => PropertyException.Require(
        expected.Count == lines.Count && expected.Zip(lines).All(pair => pair.First is null == pair.Second is null
            && pair.First.AsSpan().SequenceEqual(pair.Second)),
        property,
        $"{expected.Count} and {lines.Count} lines");

    private static void Read(byte[] line)
    {
        bool isOne = JsonRpcParser.TryReadOne(line, out JsonRpcMessage one);
        try
        {
            IReadOnlyList<ReadOnlyMemory<byte>> parts = JsonRpcParser.Split(line, out bool isBatch);
            PropertyException.Require(parts.Count > 0 && (isBatch || parts.Count == 1), "there is a message");
            PropertyException.Require(parts.Count <= FrameLimits.MaxBatch, "a batch is bounded");
            foreach (ReadOnlyMemory<byte> part in parts)
            {
                ReadPart(part);
            }

            if (isOne)
            {
                PropertyException.Require(!isBatch && Same(one, JsonRpcParser.Read(parts[0])), "both ways to read a message agree");
            }
        }
        catch (OperationException e)
        {
            PropertyException.Require(!isOne, "both ways to read a line agree", e.Message);
            PropertyException.Require(e.Code is ErrorCode.ParseError or ErrorCode.InvalidRequest, "a line is refused by its code", e.Code.ToString());
        }
    }

    private static void ReadPart(ReadOnlyMemory<byte> part)
    {
        JsonRpcMessage message;
        try
        {
            message = JsonRpcParser.Read(part);
        }
        catch (OperationException)
        {
            _ = JsonRpcParser.FindId(part);
            return;
        }

        PropertyException.Require(
            message.Id is not { } own || own == JsonRpcParser.FindId(part) || part.Span.Contains((byte)'\\'), "an id is found again");
        if (message.Method is { } method)
        {
            using var writer = new JsonRpcWriter();
            var output = new ArrayBufferWriter<byte>();
            writer.WriteRawCall(output, message.Id, method, message.Params.Span);
            ReadOnlyMemory<byte> line = output.WrittenMemory[..^1];
            PropertyException.Require(JsonRpcParser.TryReadOne(line, out JsonRpcMessage again), "what was read can be written");
            PropertyException.Require(Same(message, again), "what was written is read again");
        }
    }

    private static bool Same(in JsonRpcMessage one, in JsonRpcMessage other) =>
        one.Id == other.Id
        && one.Method == other.Method
        && one.AttachedBytes == other.AttachedBytes
        && one.Params.Span.SequenceEqual(other.Params.Span)
        && one.Result.Span.SequenceEqual(other.Result.Span)
        // A request may have an error that is null, which is none.
        && (one.Method is not null || one.Error.Span.SequenceEqual(other.Error.Span));
}
