using System.Text.Json;
using GuestAgent.Contracts.Exec;
using GuestAgent.Memory;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>
/// Sends a program's output line by line, as many lines in one write as came together, or as the bytes that came, and the result
/// behind it. A host that does not read makes the program wait.
/// </summary>
internal sealed class WorkloadOutput : IDisposable
{
    // In the worst case, six bytes of JSON for each, less than half of a frame.
    private const int MaxLineBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly StreamLane _lane;
    private readonly MemoryShare _share;
    private readonly WorkloadFrames _frames = new();
    private readonly Output[] _outputs;

    /// <summary>Output of one program.</summary>
    /// <param name="lanes">Where to.</param>
    /// <param name="features">What the host understands.</param>
    /// <param name="memory">Counts lines that are not complete.</param>
    public WorkloadOutput(OutboundLanes lanes, WorkloadFeatures features, ICallMemory memory)
    {
        _lane = lanes.OpenStream();
        _share = lanes.Memory;
        _outputs =
        [
            new Output(_frames, memory, features.Streams ? JsonEncodedText.Encode("stdout") : null, features.Bytes),
            new Output(_frames, memory, features.Streams ? JsonEncodedText.Encode("stderr") : null, features.Bytes),
        ];
    }

    /// <summary>Sends a piece of output; completes when there is room for more. Nothing else is told to the host.</summary>
    public ValueTask WriteAsync(object content, CancellationToken cancellationToken)
    {
        var line = new PooledLine(_share, mustFit: true);
        lock (_gate)
        {
            if (content is ExecOutput output)
            {
                _outputs[(int)output.Stream].Add(output.Data.Span, line);
            }

            // Under the lock, so that the two outputs leave in the order in which they came.
            return Post(line, cancellationToken);
        }
    }

    /// <summary>Sends what is left of the output, and the result.</summary>
    public void Finish(GuestResponse response)
    {
        var line = new PooledLine(_share, mustFit: true);
        lock (_gate)
        {
            Array.ForEach(_outputs, output => output.Finish(line));
            _frames.WriteResult(line, response);
            _lane.PostLast(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();

    private ValueTask Post(PooledLine line, CancellationToken cancellationToken)
    {
        if (line.Length > 0)
        {
            return _lane.PostAsync(line, cancellationToken);
        }

        line.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Output
    {
        private readonly LogLines? _lines;
        private readonly LogLines.Sink _sink;
        private PooledLine? _target;
        private long _offset;

        public Output(WorkloadFrames frames, ICallMemory memory, JsonEncodedText? name, bool asBytes)
        {
            _lines = asBytes ? null : new LogLines(MaxLineBytes, memory);
            _sink = asBytes
                ? (data, offset) => frames.WriteBytes(_target!, data, name, offset)
                : (line, offset) => frames.WriteLog(_target!, line, name, offset);
        }

        public void Add(ReadOnlySpan<byte> data, PooledLine target)
        {
            _target = target;
            if (_lines is not null)
            {
                _lines.Add(data, _sink);
                return;
            }

            for (; !data.IsEmpty; data = data[Math.Min(data.Length, MaxLineBytes)..])
            {
                ReadOnlySpan<byte> piece = data[..Math.Min(data.Length, MaxLineBytes)];
                _sink(piece, _offset);
                _offset += piece.Length;
            }
        }

        public void Finish(PooledLine target)
        {
            _target = target;
            _lines?.Finish(_sink);
        }
    }
}
