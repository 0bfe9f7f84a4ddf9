using GuestAgent.Dispatch;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Tests.Fuzz.Agents;

/// <summary>Keeps what the dispatcher reports as a defect of the agent.</summary>
internal sealed class DefectLog : ILogger<AuditLog>
{
    private Exception? _defect;

    /// <summary>The last one, once.</summary>
    public Exception? Take() => Interlocked.Exchange(ref _defect, null);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
        {
            Volatile.Write(ref _defect, exception ?? new InvalidOperationException(formatter(state, exception)));
        }
    }
}
