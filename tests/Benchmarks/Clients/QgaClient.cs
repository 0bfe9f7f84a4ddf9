using System.Buffers.Text;
using System.Text;

namespace GuestAgent.Benchmarks.Clients;

/// <summary>Talks to qemu-ga.</summary>
internal sealed class QgaClient(string socketPath) : IAgentClient
{
    private static readonly byte[] PingRequest = Encode("""{"execute":"guest-ping"}""");

    private static readonly byte[] TrueRequest = Encode(
        """{"execute":"guest-exec","arguments":{"path":"/bin/true"}}""");

    private static readonly byte[] CapturedTrueRequest = Encode(
        """{"execute":"guest-exec","arguments":{"path":"/bin/true","capture-output":true}}""");

    private static readonly byte[] StatusHead = """{"execute":"guest-exec-status","arguments":{"pid":"""u8.ToArray();

    private readonly LineSocket _socket = new(socketPath);
    private readonly byte[] _status = [.. StatusHead, .. new byte[32]];

    public void Ping()
    {
        _socket.Send(PingRequest);
        Expect(_socket.ReadLine(), "\"return\""u8);
    }

    public void RunTrue() => Run(TrueRequest);

    public void RunTrueCaptured() => Run(CapturedTrueRequest);

    /// <summary>Starts many commands, and then asks for each until it has ended.</summary>
    public void RunMany(int count)
    {
        int[] pids = new int[count];
        for (int i = 0; i < count; i++)
        {
            _socket.Send(TrueRequest);
            pids[i] = ReadPid(_socket.ReadLine());
        }

        foreach (int pid in pids)
        {
            Await(pid);
        }
    }

    public void Dispose() => _socket.Dispose();

    private static byte[] Encode(string request) => Encoding.UTF8.GetBytes(request + "\n");

    private void Run(ReadOnlySpan<byte> request)
    {
        _socket.Send(request);
        Await(ReadPid(_socket.ReadLine()));
    }

    private void Await(int pid)
    {
        ReadOnlySpan<byte> status = StatusRequest(pid);
        ReadOnlySpan<byte> answer;
        do
        {
            // guest-exec has no event for the end; nothing is faster than to ask again at once.
            _socket.Send(status);
            answer = _socket.ReadLine();
            Expect(answer, "\"exited\""u8);
        }
        while (answer.IndexOf("\"exited\": true"u8) < 0);
        Expect(answer, "\"exitcode\": 0"u8);
    }

    private static int ReadPid(ReadOnlySpan<byte> answer)
    {
        ReadOnlySpan<byte> key = "\"pid\": "u8;
        Expect(answer, key);
        return Utf8Parser.TryParse(answer[(answer.IndexOf(key) + key.Length)..], out int pid, out _)
            ? pid
            : throw new InvalidDataException("no pid in " + Encoding.UTF8.GetString(answer));
    }

    private ReadOnlySpan<byte> StatusRequest(int pid)
    {
        Utf8Formatter.TryFormat(pid, _status.AsSpan(StatusHead.Length), out int digits);
        int end = StatusHead.Length + digits;
        "}}\n"u8.CopyTo(_status.AsSpan(end));
        return _status.AsSpan(0, end + 3);
    }

    private static void Expect(ReadOnlySpan<byte> line, ReadOnlySpan<byte> part)
    {
        if (line.IndexOf(part) < 0)
        {
            throw new InvalidDataException("unexpected answer of qemu-ga: " + Encoding.UTF8.GetString(line));
        }
    }
}
