using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>
/// Sends a program's output line by line, as many lines in one write as came together, and the result behind them. A host
/// that does not read makes the program wait.
/// </summary>
internal sealed class WorkloadOutput : IEventSink, IDisposable
{
    // In the worst case, six bytes of JSON for each, less than half of a frame.
    private const int MaxLineBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly StreamLane _lane;
    private readonly WorkloadFrames _frames = new();
    private readonly Output[] _outputs;

    /// <summary>Output of one program.</summary>
    /// <param name="lanes">Where to.</param>
    /// <param name="features">What the host understands.</param>
    public WorkloadOutput(OutboundLanes lanes, WorkloadFeatures features)
    {
        _lane = lanes.OpenStream();
        _outputs =
        [
            new Output(_frames, features.Streams ? JsonEncodedText.Encode("stdout") : null),
            new Output(_frames, features.Streams ? JsonEncodedText.Encode("stderr") : null),
        ];
    }

    /// <inheritdoc/>
    /// <remarks>Lines are cut here, whatever comes.</remarks>
    public int MaxBytes => int.MaxValue;

    /// <inheritdoc/>
    public ValueTask EmitAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class
    {
        var line = new PooledLine();
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
        var line = new PooledLine();
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
        private readonly LogLines _lines = new(MaxLineBytes);
        private readonly LogLines.Sink _sink;
        private PooledLine? _target;

        public Output(WorkloadFrames frames, JsonEncodedText? name) =>
            _sink = (line, offset) => frames.WriteLog(_target!, line, name, offset);

        public void Add(ReadOnlySpan<byte> data, PooledLine target)
        {
            _target = target;
            _lines.Add(data, _sink);
        }

        public void Finish(PooledLine target)
        {
            _target = target;
            _lines.Finish(_sink);
        }
    }
}
