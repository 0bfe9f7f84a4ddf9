using System.Globalization;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Rivals;

namespace GuestAgent.Benchmarks.Growth;

/// <summary>Pings on many connections at once: each sends one, then the answers of all are read.</summary>
internal static class ManyConnections
{
    private const int Rounds = 100;

    public static async Task<Curve> MeasureAsync(UnixSocketAgent agent, int[] counts, Report report)
    {
        Curve curve = new("a ping on each connection at once", "connections", "an echo in C");
        await using PlainPeer plain = await PlainPeer.StartAsync();
        foreach (int count in counts)
        {
            NativeClient[] ours = Connect(() => agent.Connect(path => new NativeClient(path)));
            NativeClient[] theirs = Connect(plain.Connect);
            Comparison comparison = Comparison.Run(Rounds, 5, () => PingAll(ours), () => PingAll(theirs));
            Array.ForEach([.. ours, .. theirs], client => client.Dispose());
            curve.Points.Add((count, comparison.Ours.Median, comparison.Theirs.Median));
            report.Add(string.Create(CultureInfo.InvariantCulture, $"{curve.Title}, {count}"), comparison);

            NativeClient[] Connect(Func<NativeClient> one) => [.. Enumerable.Range(0, count).Select(_ => one())];
        }

        return curve;
    }

    private static void PingAll(NativeClient[] clients)
    {
        foreach (NativeClient client in clients)
        {
            client.SendPing();
        }

        foreach (NativeClient client in clients)
        {
            client.Socket.ReadLine();
        }
    }
}
