using GuestAgent.Linux.Io;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Logging;

/// <summary>
/// Makes loggers that write to standard error, one line a record; under systemd with the priority that journald reads. All are
/// alike: what is logged says by itself where it comes from.
/// </summary>
internal sealed class JournalLoggerFactory : ILoggerFactory
{
    // A reader that is there takes all that can wait in a moment; for one that is not, the end is not put off.
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    // JOURNAL_STREAM is set by systemd when standard error is the journal, systemd.exec(5).
    private readonly JournalWriter _writer = new(
        SharedOutput.Open(StandardDescriptor.Error), Environment.GetEnvironmentVariable("JOURNAL_STREAM") is not null);

    /// <summary>How many records are lost.</summary>
    public long Lost => _writer.Lost;

    /// <summary>A logger for a class.</summary>
    /// <typeparam name="T">The class.</typeparam>
    public ILogger<T> For<T>() => new JournalLogger<T>(_writer);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new JournalLogger<object>(_writer);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("The agent logs to one place.");

    /// <summary>Waits, not for long, until what waits is written.</summary>
    public void Dispose() => _writer.Flush(LastWait);
}
