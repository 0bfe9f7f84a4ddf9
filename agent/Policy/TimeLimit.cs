using System.Globalization;
using GuestAgent.Errors;

namespace GuestAgent.Policy;

/// <summary>How long a command may run, and who says so.</summary>
/// <param name="Time">How long; <see cref="Timeout.InfiniteTimeSpan"/> where there is no limit.</param>
/// <param name="Rule">What of the configuration says so, or the parameter where the request or its default does.</param>
/// <param name="Owner">Whose it is, for the sentence.</param>
internal readonly record struct TimeLimit(TimeSpan Time, string Rule, string Owner)
{
    /// <summary>The parameter with which a request sets its own.</summary>
    public const string Parameter = "timeout_seconds";

    /// <summary>No limit.</summary>
    public static TimeLimit None { get; } = new(Timeout.InfiniteTimeSpan, Parameter, "");

    /// <summary>True when there is none.</summary>
    public bool IsEndless => Time == Timeout.InfiniteTimeSpan;

    /// <summary>What is left of it when a time has passed; never below zero.</summary>
    public TimeSpan After(TimeSpan passed) => IsEndless ? Time : Time > passed ? Time - passed : TimeSpan.Zero;

    /// <summary>The failure of what it has ended.</summary>
    /// <param name="subject">What that was, as <c>The command</c>.</param>
    /// <param name="detail">What there is of a result.</param>
    public OperationException Exceeded(string subject, ErrorDetail detail) => new(
        ErrorCode.TimedOut, $"{subject} exceeded its time limit, {Owner}: {Words(Time.TotalSeconds)}.", detail with { Rule = Rule });

    /// <summary>A time as people write it.</summary>
    public static string Words(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");
}
