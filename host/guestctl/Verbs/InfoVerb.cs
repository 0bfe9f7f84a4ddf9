using System.CommandLine;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl info</c>: who is the agent, and what can it do?</summary>
internal sealed class InfoVerb()
    : GuestVerb(
        "info",
        "Show who the agent is, what it can do and its limits.",
        "guestctl -g /run/vm1/agent.sock info --json")
{
    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        AgentDescription agent = await guest.GetAgentInfoAsync(interrupts.First);
        report.Result(agent, GetAgentInfoJson.Default.AgentDescription, Describe);
        return ExitCodes.Success;
    }

    private static IEnumerable<string> Describe(AgentDescription agent) =>
    [
        $"version     {agent.Version}",
        $"protocol    {agent.ProtocolVersion}",
        $"platform    {agent.Platform}",
        $"machine id  {agent.MachineId ?? "none"}",
        $"boot id     {agent.BootId}",
        $"instance    {agent.Instance}",
        $"can         {string.Join(' ', agent.Capabilities)}",
        .. agent.Refused is { } refused ? [$"refuses     {string.Join(' ', refused)}"] : Array.Empty<string>(),
        Limit("message", agent.Limits.MaxMessageBytes, "bytes"),
        Limit("requests", agent.Limits.MaxConcurrentRequests, "at once on a connection"),
        Limit("commands", agent.Limits.MaxConcurrentCommands, "at once"),
        agent.Limits.MaxCommandSeconds == 0
            ? "limits      command no time limit"
            : Limit("command", agent.Limits.MaxCommandSeconds, "seconds"),
        Limit("output", agent.Limits.MaxOutputBytes, "bytes kept of each stream"),
        .. (agent.Waiting ?? []).Select(waiting => $"waiting     {waiting.Listener} {waiting.Reason}"),
        .. agent.LostLogRecords is { } lost ? [$"log         {lost} records lost"] : Array.Empty<string>(),
        .. (agent.RefusedConfiguration ?? []).Select(fault => $"not in force {fault.Path}: {fault.Reason}"),
    ];

    private static string Limit(string name, double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"limits      {name} {value} {unit}");
}
