namespace GuestAgent.Logging;

/// <summary>How many records of the log are lost.</summary>
/// <param name="Records">All of them.</param>
/// <param name="Refusals">Those of refused requests among them.</param>
internal readonly record struct LogLoss(long Records, long Refusals)
{
    /// <summary>Whether any is lost.</summary>
    public bool IsAny => Records > 0;

    /// <summary>Both together.</summary>
    public LogLoss And(in LogLoss other) => new(Records + other.Records, Refusals + other.Refusals);

    /// <summary>The record that tells of it.</summary>
    public override string ToString() => $"log lost={Records} refusals={Refusals}";
}
