using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration;

/// <summary>Learns the number of a process that a streamed command has printed as its first line.</summary>
internal static class CommandPid
{
    /// <summary>Reads the next message, which is that line.</summary>
    public static async Task<int> FromOutputAsync(RawClient client)
    {
        JsonObject output = (await client.ReadAsync())["params"]!.AsObject();
        string text = Encoding.ASCII.GetString(Convert.FromBase64String(output.Text("data")));
        return int.Parse(text.Split('\n')[0], CultureInfo.InvariantCulture);
    }
}
