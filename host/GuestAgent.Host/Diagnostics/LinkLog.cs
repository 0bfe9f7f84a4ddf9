using GuestAgent.Contracts.Agent;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Host.Diagnostics;

/// <summary>
/// What becomes of a connection, for the log of the program. Never what calls carry; and as the guest may have worded what is
/// said here, it is on one line and commands no terminal.
/// </summary>
/// <param name="factory">Where the log comes from; null for none.</param>
/// <param name="endpoint">Whom the connection is to.</param>
internal sealed partial class LinkLog(ILoggerFactory? factory, string endpoint)
{
    private const string Category = "GuestAgent.Host.GuestClient";

    private readonly ILogger? _logger = HostDiagnostics.IsSupported ? factory?.CreateLogger(Category) : null;

    /// <summary>Whom the connection is to.</summary>
    public string Endpoint => endpoint;

    /// <summary>The first connection stands.</summary>
    public void Connected(AgentDescription agent)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Connected(logger, endpoint, GuestText.OneLine(agent.Version), GuestText.OneLine(agent.Instance));
        }
    }

    /// <summary>A connection has ended, and nobody wanted that.</summary>
    public void Lost(GuestConnectionException loss)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger && loss.Reason != ConnectionFailure.Disposed)
        {
            Lost(logger, endpoint, loss.Reason, GuestText.OneLine(loss.Message));
        }
    }

    /// <summary>An attempt to reconnect is about to wait for its time.</summary>
    public void Reconnecting(int attempt, TimeSpan delay)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Reconnecting(logger, endpoint, attempt, delay.TotalMilliseconds);
        }
    }

    /// <summary>An attempt to reconnect has failed.</summary>
    public void AttemptFailed(int attempt, GuestConnectionException failure)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            AttemptFailed(logger, endpoint, attempt, failure.Reason, GuestText.OneLine(failure.Message));
        }
    }

    /// <summary>The connection stands again.</summary>
    /// <param name="attempt">After how many attempts.</param>
    /// <param name="isSame">True when it is the very process that answered before.</param>
    public void Reconnected(int attempt, bool isSame)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Reconnected(logger, endpoint, attempt, isSame ? "the same agent goes on" : "the agent is a new one");
        }
    }

    /// <summary>A call whose answer was lost is about to be sent again.</summary>
    public void Repeats(string method)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Repeats(logger, endpoint, method);
        }
    }

    /// <summary>An upload that broke off goes on.</summary>
    public void Resumes(long offset)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Resumes(logger, endpoint, offset);
        }
    }

    /// <summary>There will be no further connection.</summary>
    public void Closed(GuestConnectionException reason)
    {
        if (HostDiagnostics.IsSupported && _logger is { } logger)
        {
            Closed(logger, endpoint, reason.Reason);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Connected to {Endpoint}: agent {Version}, instance {Instance}.", EventName = "Connected")]
    private static partial void Connected(ILogger logger, string endpoint, string version, string instance);

    [LoggerMessage(2, LogLevel.Warning, "The connection to {Endpoint} was lost ({Reason}): {Explanation}", EventName = "Lost")]
    private static partial void Lost(ILogger logger, string endpoint, ConnectionFailure reason, string explanation);

    [LoggerMessage(3, LogLevel.Debug, "Attempt {Attempt} to reconnect to {Endpoint} comes in {DelayMs} ms.", EventName = "Reconnecting")]
    private static partial void Reconnecting(ILogger logger, string endpoint, int attempt, double delayMs);

    [LoggerMessage(
        4,
        LogLevel.Debug,
        "Attempt {Attempt} to reconnect to {Endpoint} failed ({Reason}): {Explanation}",
        EventName = "AttemptFailed")]
    private static partial void AttemptFailed(
        ILogger logger, string endpoint, int attempt, ConnectionFailure reason, string explanation);

    [LoggerMessage(
        5, LogLevel.Information, "Reconnected to {Endpoint} at attempt {Attempt}: {Continuity}.", EventName = "Reconnected")]
    private static partial void Reconnected(ILogger logger, string endpoint, int attempt, string continuity);

    [LoggerMessage(6, LogLevel.Debug, "{Method} is sent to {Endpoint} again: its answer was lost.", EventName = "Repeats")]
    private static partial void Repeats(ILogger logger, string endpoint, string method);

    [LoggerMessage(7, LogLevel.Information, "An upload to {Endpoint} goes on at {Offset}.", EventName = "Resumes")]
    private static partial void Resumes(ILogger logger, string endpoint, long offset);

    [LoggerMessage(8, LogLevel.Information, "The client of {Endpoint} is closed ({Reason}).", EventName = "Closed")]
    private static partial void Closed(ILogger logger, string endpoint, ConnectionFailure reason);
}
