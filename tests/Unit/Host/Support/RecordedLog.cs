using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>A log that keeps what was written.</summary>
internal sealed class RecordedLog : ILoggerFactory, ILogger
{
    /// <summary>Name of each event and its text, in their order.</summary>
    public ConcurrentQueue<(string? Event, string Text)> Records { get; } = new();

    public string? Category { get; private set; }

    public IEnumerable<string?> Events => Records.Select(record => record.Event);

    public string TextOf(string name) => Records.First(record => record.Event == name).Text;

    public ILogger CreateLogger(string categoryName)
    {
        Category = categoryName;
        return this;
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Records.Enqueue((eventId.Name, formatter(state, exception)));

    public void Dispose()
    {
        // It holds nothing.
    }
}
