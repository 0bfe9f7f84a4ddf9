using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>The longest time limit that the policy lets a request have.</summary>
/// <param name="Seconds">The limit; null for none.</param>
/// <param name="Rule">What of the configuration says so.</param>
internal readonly record struct TimeCeiling(double? Seconds, string Rule)
{
    private const string All = "limits.max_command_seconds";

    /// <summary>The lower one of a rule's and that for all commands; 0 of a rule lifts both.</summary>
    /// <param name="own">The rule's; null when it has none.</param>
    /// <param name="rule">Where the rule is.</param>
    /// <param name="limits">The limits in force.</param>
    public static TimeCeiling Of(double? own, string rule, LimitSettings limits)
    {
        string at = $"{rule}.{TimeLimit.Parameter}";
        double? all = limits.MaxCommandSeconds == 0 ? null : limits.MaxCommandSeconds;
        return own is not { } seconds ? new(all, All)
            : seconds == 0 ? new(null, at)
            : seconds <= (all ?? double.MaxValue) ? new(seconds, at)
            : new(all, All);
    }

    /// <summary>The limit of a request.</summary>
    /// <param name="asked">What it asks for in seconds; 0 for no limit at all, null for the default.</param>
    /// <param name="isStreamed">Whether its output goes to the host as it comes: then the ceiling is the default.</param>
    /// <param name="isShortened">Whether a longer one is shortened, as the hosts of one dialect expect it.</param>
    /// <exception cref="OperationException">It asks for more than there can be.</exception>
    public TimeLimit Grant(double? asked, bool isStreamed, bool isShortened = false)
    {
        if (asked is null)
        {
            return isStreamed || Seconds <= ExecCommand.DefaultSeconds
                ? Whole
                : Of(ExecCommand.DefaultSeconds, $"the default of {TimeLimit.Parameter}");
        }

        bool isAbove = Seconds is { } most && (asked == 0 || asked > most);
        return isAbove && !isShortened ? throw Above(asked.Value)
            : isAbove || asked == 0 ? Whole
            : Of(asked.Value, $"the request's {TimeLimit.Parameter}");
    }

    private static TimeLimit Of(double seconds, string owner) =>
        new(TimeSpan.FromSeconds(seconds), TimeLimit.Parameter, owner);

    private TimeLimit Whole => Seconds is { } most ? new(TimeSpan.FromSeconds(most), Rule, Rule) : TimeLimit.None;

    private OperationException Above(double asked) => new(
        ErrorCode.InvalidParameters,
        asked == 0
            ? $"{TimeLimit.Parameter} must not be 0: the policy has a time limit, {Rule}: {TimeLimit.Words(Seconds!.Value)}."
            : $"{TimeLimit.Parameter} is above the policy's ceiling, {Rule}: {TimeLimit.Words(Seconds!.Value)}.",
        // A ceiling of a part of a second is in the sentence alone.
        new ErrorDetail(Rule, TimeLimit.Parameter, Limit: Seconds >= 1 ? (long)Seconds : null));
}
