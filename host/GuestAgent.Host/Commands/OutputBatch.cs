using System.Buffers;
using System.Runtime.InteropServices;
using GuestAgent.Contracts.Exec;

namespace GuestAgent.Host.Commands;

/// <summary>
/// Output in the order in which it came, filled first and emptied later. Neighbouring pieces of one stream are one run,
/// so that an agent that sends single bytes costs little more memory than their number.
/// </summary>
internal sealed class OutputBatch
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<Run> _runs = [];
    private int _nextRun;
    private int _nextByte;

    /// <summary>True when all was taken, or nothing came.</summary>
    public bool IsEmpty => _nextRun == _runs.Count;

    /// <summary>Adds a piece.</summary>
    public void Add(OutputChannel stream, long offset, ReadOnlySpan<byte> data)
    {
        _bytes.Write(data);
        Span<Run> runs = CollectionsMarshal.AsSpan(_runs);
        if (runs is [.., { Length: var length } last] && last.Stream == stream)
        {
            runs[^1] = last with { Length = length + data.Length };
        }
        else
        {
            _runs.Add(new Run(stream, offset, data.Length));
        }
    }

    /// <summary>Takes the next run. After that nothing may be added.</summary>
    public OutputChunk Take()
    {
        Run run = _runs[_nextRun++];
        var chunk = new OutputChunk(run.Stream, run.Offset, _bytes.WrittenMemory.Slice(_nextByte, run.Length));
        _nextByte += run.Length;
        return chunk;
    }

    private readonly record struct Run(OutputChannel Stream, long Offset, int Length);
}
