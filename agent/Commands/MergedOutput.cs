using GuestAgent.Memory;

namespace GuestAgent.Commands;

/// <summary>Keeps the beginning of both outputs of a command, in the order in which the agent read them.</summary>
/// <param name="maxBytes">How much of it.</param>
/// <param name="memory">Counts what is kept; null where nobody counts.</param>
internal sealed class MergedOutput(int maxBytes, ICallMemory? memory = null)
{
    private readonly Lock _gate = new();

    /// <summary>What was kept.</summary>
    public CapturedOutput Kept { get; } = new(maxBytes, memory);

    /// <summary>A sink for one of the outputs.</summary>
    /// <param name="next">Takes the same bytes; null for nobody.</param>
    public IOutputSink For(IOutputSink? next) => new Part(this, next);

    private sealed class Part(MergedOutput whole, IOutputSink? next) : IOutputSink
    {
        public ReadOnlyMemory<byte> Kept => default;

        public long TotalBytes { get; private set; }

        public bool Truncated { get; private set; }

        public ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken) =>
            next?.ReserveAsync(wanted, cancellationToken) ?? new ValueTask<int>(wanted);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            TotalBytes += data.Length;
            whole.Kept.MakeRoom(data.Length);
            lock (whole._gate)
            {
                whole.Kept.Keep(data.Span);
            }

            return next?.WriteAsync(data, cancellationToken) ?? ValueTask.CompletedTask;
        }

        public void Release(int unused) => next?.Release(unused);

        public void CutOff()
        {
            Truncated = true;
            lock (whole._gate)
            {
                whole.Kept.CutOff();
            }

            next?.CutOff();
        }
    }
}
