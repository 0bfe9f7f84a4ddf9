using System.Diagnostics;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Times a ping every millisecond while a command's output comes as fast as it can, and how fast that is.</summary>
internal sealed class StreamingBenchmark : IBenchmark
{
    private const int Window = 1024 * 1024;

    // Pings without pauses would take the connection for themselves, as replies go before output.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    public async Task RunAsync(ISite site, Effort effort, Report report)
    {
        RunOnOneConnection("its connection streams", null);
        RunOnOneConnection("its connection streams, 1 MiB window", Window);
        if (site.TakesSecondConnection)
        {
            await RunBesideAsync(site, effort, report);
        }

        void RunOnOneConnection(string meanwhile, int? window)
        {
            using NativeClient client = site.ConnectOurs();
            StreamedCommand command = new(client, window);
            Samples pings = PingBetween(client, command, effort.PingsBesideLoad);
            Finish(meanwhile, command, pings, site, report);
        }
    }

    private static Samples PingBetween(NativeClient client, StreamedCommand command, int count)
    {
        Samples samples = new(count);
        while (samples.Count < count)
        {
            long idle = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(idle) < Pause)
            {
                command.Read();
            }

            long start = Stopwatch.GetTimestamp();
            client.SendPing();
            while (!NativeClient.IsPong(command.Read()))
            {
                // Output.
            }

            samples.AddSince(start);
        }

        return samples;
    }

    private static async Task RunBesideAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient streaming = site.ConnectOurs();
        using NativeClient pinging = site.ConnectOurs();
        using CancellationTokenSource enough = new();
        StreamedCommand command = new(streaming, null);
        Task reader = Background.Run(() => ReadUntil(command, enough.Token));
        Samples samples = new(effort.PingsBesideLoad);
        using PeriodicTimer timer = new(Pause);
        while (samples.Count < effort.PingsBesideLoad && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            samples.Add(Samples.Take(1, pinging.Ping));
        }

        await enough.CancelAsync();
        await reader;
        Finish("another connection streams", command, samples, site, report);
    }

    private static void ReadUntil(StreamedCommand command, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            command.Read();
        }
    }

    private static void Finish(string meanwhile, StreamedCommand command, Samples pings, ISite site, Report report)
    {
        double speed = command.MebibytesPerSecond;
        command.Cancel();
        PingLatency.Add(meanwhile, pings, site, report);
        report.Add("  meanwhile streamed", Figure.Of(speed, "MiB/s"));
    }
}
