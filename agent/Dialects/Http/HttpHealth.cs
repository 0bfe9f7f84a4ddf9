using System.Globalization;
using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http;

/// <summary>What monitoring asks for: whether the agent answers, in the form of the replaced agent, and which agent it is.</summary>
internal static class HttpHealth
{
    /// <summary>Answers that the agent is there, and since when.</summary>
    /// <param name="context">A request with GET or HEAD.</param>
    /// <param name="uptime">How long it has run.</param>
    /// <param name="agent">Who it is, for a host that wants to know; null for the short form.</param>
    public static Task AnswerAsync(HttpContext context, TimeSpan uptime, AgentDescription? agent = null)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get, HttpMethods.Head))
        {
            return Task.CompletedTask;
        }

        return HttpReply.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "ok"u8);
            json.WriteString("uptime"u8, Words(uptime));
            json.WriteString("version"u8, AgentIdentity.Version);
            if (agent is not null)
            {
                WriteDetail(json, agent, uptime);
            }

            json.WriteEndObject();
        });
    }

    /// <summary>A duration in whole seconds as Go's time.Duration writes it, such as <c>1h0m5s</c>: what hosts parse.</summary>
    public static string Words(TimeSpan time)
    {
        long seconds = (long)time.TotalSeconds;
        return seconds switch
        {
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60}s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h{seconds / 60 % 60}m{seconds % 60}s"),
        };
    }

    private static void WriteDetail(Utf8JsonWriter json, AgentDescription agent, TimeSpan uptime)
    {
        json.WriteNumber("uptime_seconds"u8, (long)uptime.TotalSeconds);
        json.WriteString("protocol_version"u8, agent.ProtocolVersion);
        json.WriteString("instance"u8, agent.Instance);
        json.WriteString("boot_id"u8, agent.BootId);
        json.WriteString("machine_id"u8, agent.MachineId);
    }
}
