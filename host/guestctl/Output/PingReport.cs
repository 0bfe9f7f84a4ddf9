namespace GuestAgent.Cli.Output;

/// <summary>One answer to a ping.</summary>
/// <param name="RoundTripMs">From question to answer, milliseconds.</param>
/// <param name="GuestTime">The guest's wall clock, seconds since the epoch.</param>
internal sealed record PingReport(double RoundTripMs, long GuestTime);
