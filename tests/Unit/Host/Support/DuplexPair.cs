using System.IO.Pipelines;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>Two ends of a channel in memory.</summary>
internal sealed class DuplexPair
{
    public DuplexPair(int capacityBytes = 1024 * 1024)
    {
        var options = new PipeOptions(
            pauseWriterThreshold: capacityBytes,
            resumeWriterThreshold: capacityBytes / 2,
            useSynchronizationContext: false);
        var toAgent = new Pipe(options);
        var toHost = new Pipe(options);
        Host = new End(toHost.Reader, toAgent.Writer);
        Agent = new End(toAgent.Reader, toHost.Writer);
    }

    public IDuplexPipe Host { get; }

    public IDuplexPipe Agent { get; }

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
