using System.Globalization;
using GuestAgent.Host;

namespace GuestAgent.TestHost;

/// <summary>
/// Uses the host library where a test cannot: inside of a VM, or in a process whose memory is looked at. What it sees goes
/// to standard output, one thing a line; a failure is the last line, with exit code 1.
/// </summary>
internal static class Program
{
    private const int Failed = 1;
    private const int Usage = 64;

    private const string Help = """
        usage: test-host VERB ENDPOINT [NUMBER...]
          many ENDPOINT N            N connections at once, one command on each
          hold ENDPOINT              attaches, says so, and waits until the connection is lost
          find ENDPOINT              attaches, with a try every 100 ms to 500 ms for up to a minute and a half
          accept ENDPOINT N          takes N connections of guests, one after the other
          download ENDPOINT PATH TO  reads a file of the guest, without a check of what has come
          lines ENDPOINT N BYTES MS  runs a program that writes N lines; sleeps for MS after the first
        """;

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            Task? scene = arguments switch
            {
                ["many", var endpoint, var count] => Scenes.ManyAsync(endpoint, Number(count)),
                ["hold", var endpoint] => Scenes.HoldAsync(endpoint),
                ["find", var endpoint] => Scenes.FindAsync(endpoint),
                ["accept", var endpoint, var count] => Scenes.AcceptAsync(endpoint, Number(count)),
                ["download", var endpoint, var path, var to] => Scenes.DownloadAsync(endpoint, path, to),
                ["lines", var endpoint, var count, var bytes, var pause] =>
                    Lines.RunAsync(endpoint, Number(count), Number(bytes), TimeSpan.FromMilliseconds(Number(pause))),
                _ => null,
            };
            if (scene is null)
            {
                await Console.Error.WriteLineAsync(Help);
                return Usage;
            }

            await scene;
            return 0;
        }
        catch (Exception e) when (e is GuestException or InvalidDataException)
        {
            Console.WriteLine($"failed {e.GetType().Name}: {e.Message}");
            return Failed;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
