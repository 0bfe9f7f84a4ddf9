using GuestAgent.Transports.Vsock;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GuestAgent.Tests.Unit.Transports;

public sealed class VsockRefusalsTests
{
    [Fact]
    public void Refusals_are_told_once_a_minute_with_their_number()
    {
        var clock = new WatchedClock();
        var log = new Lines();
        var refusals = new VsockRefusals(1000, clock, log);
        for (int i = 0; i < 500; i++)
        {
            refusals.Note(7);
        }

        clock.Advance(TimeSpan.FromSeconds(59));
        refusals.Note(7);
        Assert.EndsWith("0 others since the last such line", Assert.Single(log.All), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(1));
        refusals.Note(9);
        Assert.Equal(2, log.All.Count);
        Assert.StartsWith("vsock port 1000: connection from CID 9 refused", log.All[1], StringComparison.Ordinal);
        Assert.EndsWith("500 others since the last such line", log.All[1], StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
