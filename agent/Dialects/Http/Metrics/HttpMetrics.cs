using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Info;
using Microsoft.AspNetCore.Http;

namespace GuestAgent.Dialects.Http.Metrics;

/// <summary>
/// What monitoring collects: the agent's own figures, and what the operations tell of the guest that this listener serves.
/// </summary>
internal static class HttpMetrics
{
    private static readonly (string Operation, object Request)[] Sources =
    [
        (GetAgentInfo.Contract.Name, new GetAgentInfoRequest()),
        (GetSystemInfo.Contract.Name, new GetSystemInfoRequest()),
        (GetDiskUsage.Contract.Name, new GetDiskUsageRequest()),
        (GetNetworkInfo.Contract.Name, new GetNetworkInfoRequest()),
    ];

    /// <summary>Serves a request.</summary>
    public static async Task ServeAsync(HttpContext context, HttpHost host)
    {
        if (!HttpReply.Allows(context, HttpMethods.Get, HttpMethods.Head))
        {
            return;
        }

        var metrics = new OpenMetrics();
        WriteProcess(metrics, host.Listener.Uptime);
        List<(string Operation, bool IsThere)> sources = [];
        foreach ((string operation, object request) in Sources)
        {
            using HttpAnswer answer = await HttpRequest.CallAsync(context, host, operation, request);
            Write(metrics, answer.Result);
            sources.Add((operation, answer.Failure is null));
        }

        metrics.Gauge("guest_agent_scrape_success", "1 where an operation has told what it knows.");
        foreach ((string operation, bool isThere) in sources)
        {
            metrics.Add(isThere ? 1 : 0, ("operation", operation));
        }

        byte[] text = metrics.Finish();
        context.Response.ContentType = OpenMetrics.MediaType;
        context.Response.ContentLength = text.Length;
        await context.Response.BodyWriter.WriteAsync(text);
    }

    private static void Write(OpenMetrics metrics, object? result)
    {
        switch (result)
        {
            case AgentDescription agent:
                metrics.Info("guest_agent_build", "The agent's version.").Add(
                    1, ("protocol_version", agent.ProtocolVersion), ("version", agent.Version));
                metrics.Counter("guest_agent_lost_log_records", "Records of the agent's log that are lost.").Add(agent.LostLogRecords ?? 0);
                metrics.Gauge("guest_agent_waiting_listeners", "Listeners that cannot serve anybody now.").Add(agent.Waiting?.Count ?? 0);
                metrics.Gauge("guest_agent_configuration_refused", "1 while a changed configuration is not in force for its faults.")
                    .Add(agent.RefusedConfiguration is null ? 0 : 1);
                break;
            case SystemInfo guest:
                GuestMetrics.Write(metrics, guest);
                break;
            case DiskUsage disks:
                GuestMetrics.Write(metrics, disks);
                break;
            case NetworkInfo network:
                GuestMetrics.Write(metrics, network);
                break;
        }
    }

    private static void WriteProcess(OpenMetrics metrics, TimeSpan uptime)
    {
        DateTimeOffset start = TimeProvider.System.GetUtcNow() - uptime;
        metrics.Counter("process_cpu_seconds", "Processor time of the agent.").Add(Environment.CpuUsage.TotalTime.TotalSeconds);
        metrics.Gauge("process_resident_memory_bytes", "Memory of the agent that is resident.").Add(Environment.WorkingSet);
        metrics.Gauge("process_start_time_seconds", "When the agent was started, seconds since 1970.")
            .Add(start.ToUnixTimeMilliseconds() / 1000.0);
        metrics.Gauge("process_open_fds", "Descriptors that the agent has open.").Add(Directory.GetFiles("/proc/self/fd").Length);
    }
}
