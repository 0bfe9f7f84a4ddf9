using GuestAgent.Host;

namespace GuestAgent.TestHost;

/// <summary>What a host does with connections, each told in lines.</summary>
internal static class Scenes
{
    private static readonly GuestClientOptions Patient = new()
    {
        DialRetry = new DialRetry { Attempts = 180, LongestPause = TimeSpan.FromMilliseconds(500) },
        HelloDeadline = TimeSpan.FromSeconds(20),
    };

    // So that a connection that the guest has forgotten is noticed: a host that only reads would wait for ever.
    private static readonly GuestClientOptions Watchful = new()
    {
        HeartbeatInterval = TimeSpan.FromSeconds(1),
        HeartbeatDeadline = TimeSpan.FromSeconds(5),
    };

    /// <summary>Connects many times at once, then runs a command on each connection: prints what they wrote, in order.</summary>
    public static async Task ManyAsync(string endpoint, int count)
    {
        GuestClient[] guests = await Task.WhenAll(
            Enumerable.Range(0, count).Select(_ => GuestClient.ConnectAsync(endpoint, Patient)));
        CommandResult[] results = await Task.WhenAll(
            guests.Select((guest, i) => guest.ExecuteAsync(new GuestCommand("echo", $"{i}"))));
        Console.WriteLine(string.Join(' ', results.Select(result => result.OutputText.TrimEnd('\n'))));
        await Task.WhenAll(guests.Select(guest => guest.DisposeAsync().AsTask()));
    }

    /// <summary>Prints the guest's boot, and later how the connection was lost.</summary>
    public static async Task HoldAsync(string endpoint)
    {
        await using GuestClient guest = await GuestClient.ConnectAsync(endpoint, Watchful);
        Console.WriteLine($"attached {guest.Agent.BootId}");
        Console.WriteLine($"closed {(await guest.Closed).Reason}");
    }

    /// <summary>Prints the guest's boot once it is there.</summary>
    public static async Task FindAsync(string endpoint)
    {
        await using GuestClient guest = await GuestClient.ConnectAsync(endpoint, Patient);
        Console.WriteLine($"attached {guest.Agent.BootId}");
    }

    /// <summary>Reads a file.</summary>
    public static async Task DownloadAsync(string endpoint, string path, string to)
    {
        await using GuestClient guest = await GuestClient.ConnectAsync(endpoint);
        await using FileStream destination = File.Create(to);
        await guest.Files.DownloadAsync(path, destination, new DownloadOptions { Verify = false });
    }

    /// <summary>Prints the context of each guest that connects and answers.</summary>
    public static async Task AcceptAsync(string endpoint, int count)
    {
        await using var listener = GuestListener.Listen(endpoint);
        Console.WriteLine("listening");
        for (int i = 0; i < count; i++)
        {
            AcceptedGuest accepted = await listener.AcceptAsync();
            await using GuestClient guest = await GuestClient.ConnectAsync(accepted.Stream);
            await guest.PingAsync();
            Console.WriteLine($"pong of {accepted.Cid}");
        }
    }
}
