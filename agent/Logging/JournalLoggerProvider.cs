using Microsoft.Extensions.Logging;

namespace GuestAgent.Logging;

/// <summary>Logs to standard error, one line a record; under systemd with the priority that journald reads.</summary>
internal sealed class JournalLoggerProvider : ILoggerProvider
{
    private readonly JournalWriter _writer = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new JournalLogger(_writer);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Standard error is the process's, to its end.
    }
}
