using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Guests;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Hello, pings, a streamed command, a plain one, reports and events of a hostile guest.</summary>
internal sealed class GuestSessionTarget() : GuestTarget(
    TargetName, "exec_output", "telemetry", "agent_events", "agent_ready", "exit_code", "signal", "stdout", "stderr", "pong", "timestamp")
{
    /// <summary>Its name.</summary>
    public const string TargetName = "guest-session";

    /// <inheritdoc/>
    protected override async Task AskAsync(GuestClient client, int inputLength)
    {
        if (inputLength % 2 == 0)
        {
            PingResult pong = await client.PingAsync();
            _ = pong.Timestamp;
        }

        if (inputLength % 3 == 0)
        {
            await using GuestProcess process = await client.StartAsync(new GuestCommand("x"));
            long bytes = 0;
            await foreach (OutputChunk chunk in process.ReadOutputAsync())
            {
                bytes += chunk.Data.Length;
                PropertyException.Require(!chunk.Data.IsEmpty && bytes <= inputLength, "output is what the guest has sent", $"{bytes}");
            }

            _ = await process.Completion;
        }

        if (inputLength % 5 == 0)
        {
            _ = await client.ExecuteAsync(new GuestCommand("y"));
        }

        if (inputLength % 7 < 3)
        {
            await foreach (TelemetryReport report in client.WatchTelemetryAsync(TimeSpan.FromSeconds(1)))
            {
                _ = report;
            }
        }

        await foreach (AgentEvents events in client.WatchEventsAsync())
        {
            _ = events;
        }
    }
}
