using System.Net.Sockets;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Measures what client and kernel cost by themselves: the same client against a thread that sends lines back.</summary>
internal static class ClientFloor
{
    private const int BufferSize = 4096;

    public static async Task RunAsync(Effort effort, Report report)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("guest-agent-bench-");
        string path = Path.Combine(directory.FullName, "socket");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task echo = Background.Run(() => Echo(listener));
        using (LineSocket client = new(path))
        {
            byte[] request = NativeClient.Request(1, "ping");
            Samples samples = Samples.Take(effort.Rounds * effort.PingsPerRound, () =>
            {
                client.Send(request);
                client.ReadLine();
            });
            report.Note($"contained in every round trip below (an echo without agent): {Figure.Of(samples)}");
        }

        await echo;
        directory.Delete(recursive: true);
    }

    private static void Echo(Socket listener)
    {
        using Socket peer = listener.Accept();
        byte[] buffer = new byte[BufferSize];
        for (int count; (count = peer.Receive(buffer)) > 0;)
        {
            peer.Send(buffer.AsSpan(0, count));
        }
    }
}
