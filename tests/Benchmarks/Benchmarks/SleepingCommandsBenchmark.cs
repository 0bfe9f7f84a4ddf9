using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Times pings while twenty commands of the same connection sleep.</summary>
internal sealed class SleepingCommandsBenchmark : IBenchmark
{
    private const int Commands = 20;
    private const int FirstId = 200;

    public Task RunAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient client = site.ConnectOurs();
        for (int i = 0; i < Commands; i++)
        {
            client.Socket.Send(NativeClient.Request(
                FirstId + i, "exec_command", """{"command":"/bin/sleep","args":["60"],"timeout_seconds":60}"""));
        }

        client.Ping();
        PingLatency.Add("20 commands sleep", Samples.Take(effort.PingsBesideLoad, client.Ping), site, report);
        for (int i = 0; i < Commands; i++)
        {
            client.Socket.Send(NativeClient.Request(null, "cancel", $$"""{"id":{{FirstId + i}}}"""));
        }

        for (int i = 0; i < Commands; i++)
        {
            client.Socket.ReadLine();
        }

        return Task.CompletedTask;
    }
}
