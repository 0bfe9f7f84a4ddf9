using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using GuestAgent.Dialects.Workload;
using GuestAgent.Framing;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Models;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Frames of the dialect for workloads: cut the same in any pieces, each a request or none, and written as they were read.</summary>
internal sealed class WorkloadFramesTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "workload-frames";

    private const int MaxFrameBytes = 4096;

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => WorkloadWords.All;

    /// <inheritdoc/>
    /// <remarks>As of lines: the exceptions of a reader that meets no JSON.</remarks>
    public override MemoryBound Memory => new(8192, 64 * 1024);

    /// <inheritdoc/>
    public override void Repair(byte[] input) => FrameLengths.Repair(input);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        List<byte[]> whole = Cut(input, [], out FrameStatus status);
        List<byte[]> pieces = Cut(input, [.. Enumerable.Range(0, Math.Min(input.Length, 256))], out FrameStatus inPieces);
        PropertyException.Require(
            status == inPieces && whole.Count == pieces.Count && whole.Zip(pieces).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)),
            "frames are the same in pieces");
        var back = new ArrayBufferWriter<byte>();
        foreach (byte[] frame in whole)
        {
            Read(frame);
            LengthFramer.Write(back, frame);
        }

        PropertyException.Require(input.AsSpan().StartsWith(back.WrittenSpan), "frames are written as they were read");
        ReadOnlySpan<byte> rest = input.AsSpan(back.WrittenCount);
        bool isTooLong = rest.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(rest) > MaxFrameBytes;
        PropertyException.Require(isTooLong == (status == FrameStatus.TooLong), "a frame is too long when its length says so");
    }

    private static List<byte[]> Cut(byte[] input, int[] cuts, out FrameStatus status)
    {
        List<byte[]> frames = [];
        ReadOnlySequence<byte> rest = default;
        int from = 0;
        status = FrameStatus.NeedMore;
        foreach (int to in (int[])[.. cuts, input.Length])
        {
            rest = Segments.Append(rest, input.AsMemory(from..to));
            from = to;
            while (status != FrameStatus.TooLong
                && (status = LengthFramer.TryRead(ref rest, MaxFrameBytes, out ReadOnlySequence<byte> frame, out _)) == FrameStatus.Frame)
            {
                frames.Add(frame.ToArray());
            }
        }

        return frames;
    }

    private static void Read(byte[] frame)
    {
        var sequence = new ReadOnlySequence<byte>(frame);
        _ = WorkloadTable.IsCancel(sequence);
        if (WorkloadTable.Parse(sequence) is not { } request)
        {
            return;
        }

        _ = WorkloadTable.ToRequest(request);
        _ = WorkloadFeatures.Of(request);
        byte[] written = JsonSerializer.SerializeToUtf8Bytes(request, WorkloadJson.Default.GuestRequest);
        GuestRequest? again = WorkloadTable.Parse(new ReadOnlySequence<byte>(written));
        PropertyException.Require(again is not null, "a request that was read can be written");
        byte[] twice = JsonSerializer.SerializeToUtf8Bytes(again!, WorkloadJson.Default.GuestRequest);
        PropertyException.Require(written.AsSpan().SequenceEqual(twice), "a request that was written is read again");
    }
}
