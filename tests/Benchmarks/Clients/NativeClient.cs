using System.Globalization;
using System.Text;

namespace GuestAgent.Benchmarks.Clients;

/// <summary>Talks to guest-agent in its native dialect.</summary>
internal sealed class NativeClient(string socketPath) : IAgentClient
{
    private const int FirstOfMany = 1000;

    private static readonly byte[] PingRequest = Request(1, "ping");

    private static readonly byte[] TrueRequest =
        Request(2, "exec_command", """{"command":"/bin/true","capture_output":false}""");

    private static readonly byte[] CapturedTrueRequest = Request(2, "exec_command", """{"command":"/bin/true"}""");

    /// <summary>Gets the connection, for conversations of other shapes.</summary>
    public LineSocket Socket { get; } = new(socketPath);

    /// <summary>Encodes a request.</summary>
    /// <param name="id">Its id; null for a notification.</param>
    /// <param name="method">Its method.</param>
    /// <param name="parameters">Its parameters as JSON; null for none.</param>
    public static byte[] Request(int? id, string method, string? parameters = null) => Encoding.UTF8.GetBytes(
        "{\"jsonrpc\":\"2.0\""
        + (id is { } number ? ",\"id\":" + number.ToString(CultureInfo.InvariantCulture) : "")
        + $",\"method\":\"{method}\""
        + (parameters is null ? "" : ",\"params\":" + parameters)
        + "}\n");

    public void Ping()
    {
        SendPing();
        Expect(Socket.ReadLine(), "\"pong\":true"u8);
    }

    /// <summary>Sends a ping without reading its answer, of which <see cref="IsPong"/> tells.</summary>
    public void SendPing() => Socket.Send(PingRequest);

    public static bool IsPong(ReadOnlySpan<byte> line) => line.Length < 256 && line.IndexOf("\"pong\":true"u8) >= 0;

    public void RunTrue() => Run(TrueRequest);

    public void RunTrueCaptured() => Run(CapturedTrueRequest);

    /// <summary>Asks for many commands at once, and reads the answer of each.</summary>
    public void RunMany(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Socket.Send(Request(FirstOfMany + i, "exec_command", """{"command":"/bin/true","capture_output":false}"""));
        }

        for (int i = 0; i < count; i++)
        {
            Expect(Socket.ReadLine(), "\"exit_code\":0"u8);
        }
    }

    public void Dispose() => Socket.Dispose();

    private void Run(ReadOnlySpan<byte> request)
    {
        Socket.Send(request);
        Expect(Socket.ReadLine(), "\"exit_code\":0"u8);
    }

    private static void Expect(ReadOnlySpan<byte> line, ReadOnlySpan<byte> part)
    {
        if (line.IndexOf(part) < 0)
        {
            throw new InvalidDataException("unexpected answer of guest-agent: " + Encoding.UTF8.GetString(line));
        }
    }
}
