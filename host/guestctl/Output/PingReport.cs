namespace GuestAgent.Cli.Output;

/// <summary>One answer to a ping.</summary>
/// <param name="RoundTripSeconds">From question to answer.</param>
/// <param name="GuestTime">The guest's wall clock, seconds since the epoch.</param>
internal sealed record PingReport(double RoundTripSeconds, long GuestTime);
