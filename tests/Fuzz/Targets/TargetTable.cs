using GuestAgent.Tests.Fuzz.Engine;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>All targets by name.</summary>
internal static class TargetTable
{
    private static readonly IReadOnlyList<(string Name, Func<FuzzTarget> Make)> All =
    [
        (JsonLinesTarget.TargetName, static () => new JsonLinesTarget()),
        (AgentConversationTarget.TargetName, static () => new AgentConversationTarget()),
        (WorkloadFramesTarget.TargetName, static () => new WorkloadFramesTarget()),
        (WorkloadConversationTarget.TargetName, static () => new WorkloadConversationTarget()),
        (TarTarget.TargetName, static () => new TarTarget()),
        (GzipTarget.TargetName, static () => new GzipTarget()),
        (ConfigurationTarget.TargetName, static () => new ConfigurationTarget()),
        .. ParserTargets.All,
        (AbsolutePathTarget.TargetName, static () => new AbsolutePathTarget()),
        (PathWalkTarget.TargetName, static () => new PathWalkTarget()),
        (ArgumentRulesTarget.TargetName, static () => new ArgumentRulesTarget()),
        (GuestSessionTarget.TargetName, static () => new GuestSessionTarget()),
        (GuestDownloadTarget.TargetName, static () => new GuestDownloadTarget()),
        (GuestAnswersTarget.TargetName, static () => new GuestAnswersTarget()),
        (GuestWorkloadTarget.TargetName, static () => new GuestWorkloadTarget()),
        (ScreenTextTarget.TargetName, static () => new ScreenTextTarget()),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(target => target.Name)];

    /// <summary>Makes a target.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static FuzzTarget Find(string name) => All.FirstOrDefault(target => target.Name == name).Make?.Invoke()
        ?? throw new ArgumentException($"there is no target {name}; there are: {string.Join(", ", Names)}");
}
