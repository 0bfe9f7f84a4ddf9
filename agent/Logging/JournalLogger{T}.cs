using Microsoft.Extensions.Logging;

namespace GuestAgent.Logging;

/// <summary>Formats records for <see cref="JournalWriter"/>.</summary>
/// <typeparam name="T">Who logs.</typeparam>
internal sealed class JournalLogger<T>(JournalWriter writer) : ILogger<T>
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Information and not LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        string text = formatter(state, exception);
        writer.Write(
            Priority(logLevel),
            exception is null ? text : $"{text}: {ExceptionText.Of(exception)}",
            isRefusal: eventId.Id == LogEvents.Refusal);
    }

    // sd-daemon(3).
    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };
}
