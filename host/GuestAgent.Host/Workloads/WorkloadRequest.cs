using GuestAgent.Wire.Workload;

namespace GuestAgent.Host.Workloads;

/// <summary>A program for a guest to run.</summary>
/// <param name="Runtime">Name of the runtime that runs it, such as <c>python</c>; the guest must have it.</param>
public sealed record WorkloadRequest(string Runtime)
{
    /// <summary>The program's text. Empty when there is an <see cref="Archive"/>.</summary>
    public string Code { get; init; } = "";

    /// <summary>The program as a gzipped tar archive.</summary>
    public ReadOnlyMemory<byte> Archive { get; init; }

    /// <summary>The program's standard input; empty by default.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>Variables for the program, as far as the guest allows them.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The file to run, relative; the runtime's own by default.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>
    /// Time limit that the guest keeps, above 0; more than its policy has for the runtime is refused.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> asks for none at all, which the policy must have said, too. Null, the
    /// default: no limit but the policy's. Guests of the original system, and agents before this, take 30 s for both.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// True asks for the output as it is, for <see cref="WorkloadClient.StreamOutputAsync"/>: the wire's lines tell neither how they
    /// end nor what in them is not UTF-8. Guests of the original system, and agents before this, send lines all the same.
    /// </summary>
    public bool ExactOutput { get; init; }

    internal GuestRequest ToWire()
    {
        bool isEndless = Timeout == System.Threading.Timeout.InfiniteTimeSpan;
        if (!isEndless && Timeout is { } time)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero, nameof(Timeout));
        }

        List<string> features = [WorkloadWire.Streams, WorkloadWire.Details, WorkloadWire.Cancel];
        if (ExactOutput)
        {
            features.Add(WorkloadWire.Bytes);
        }

        if (isEndless || Timeout is null)
        {
            features.Add(WorkloadWire.Unlimited);
        }

        return new GuestRequest(
            Runtime,
            Code,
            Archive.IsEmpty ? default(ReadOnlyMemory<byte>?) : Archive,
            Input.IsEmpty ? default(ReadOnlyMemory<byte>?) : Input,
            Environment.Count == 0 ? null : Environment,
            Entrypoint,
            // Whole seconds: the original guest takes nothing else.
            isEndless ? -1 : Math.Ceiling(Timeout?.TotalSeconds ?? 0),
            features);
    }
}
