using System.Diagnostics;
using System.Text;

namespace GuestAgent.Benchmarks.Clients;

/// <summary>Is a command whose output floods a connection, read as fast as possible until it is cancelled.</summary>
internal sealed class StreamedCommand
{
    private const int Id = 100;
    private const int TimeLimitSeconds = 60;

    private static readonly byte[] CancelRequest = NativeClient.Request(null, "cancel", $$"""{"id":{{Id}}}""");

    private readonly LineSocket _socket;
    private readonly int? _window;
    private readonly byte[] _creditRequest;
    private readonly long _start = Stopwatch.GetTimestamp();
    private int _consumed;

    /// <summary>Starts the flood and waits for its first bytes.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="window">Bytes under way before the client gives more credit; null for no such limit.</param>
    public StreamedCommand(NativeClient client, int? window)
    {
        _socket = client.Socket;
        _window = window;
        _creditRequest = NativeClient.Request(null, "exec_credit", $$"""{"id":{{Id}},"bytes":{{window / 2}}}""");
        string windowMember = window is null ? "" : $",\"window_bytes\":{window}";
        _socket.Send(NativeClient.Request(Id, "exec_command", $$"""
            {"command":"/bin/cat","args":["/dev/zero"],"stream":true,"timeout_seconds":{{TimeLimitSeconds}}{{windowMember}}}
            """));
        Read();
        if (Bytes == 0)
        {
            throw new InvalidDataException("the first line is no output");
        }

        Bytes = 0;
    }

    /// <summary>Gets the bytes of the command's output that have come.</summary>
    public long Bytes { get; private set; }

    public double MebibytesPerSecond => Bytes / (1024.0 * 1024.0) / Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Reads the next line, and counts it when it is output.</summary>
    public ReadOnlySpan<byte> Read()
    {
        ReadOnlySpan<byte> line = _socket.ReadLine();
        int size = OutputBytes(line);
        Bytes += size;
        if (_window is { } window && (_consumed += size) >= window / 2)
        {
            _consumed -= window / 2;
            _socket.Send(_creditRequest);
        }

        return line;
    }

    /// <summary>Cancels the command and reads up to its result.</summary>
    public void Cancel()
    {
        _socket.Send(CancelRequest);
        ReadOnlySpan<byte> line;
        do
        {
            line = _socket.ReadLine();
        }
        while (OutputBytes(line) > 0 || NativeClient.IsPong(line));
        if (line.IndexOf("cancelled"u8) < 0)
        {
            throw new InvalidDataException("the command was not cancelled: " + Encoding.UTF8.GetString(line));
        }
    }

    private static int OutputBytes(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> head = line[..Math.Min(line.Length, 256)];
        ReadOnlySpan<byte> key = "\"data\":\""u8;
        int data = head.IndexOf(key);
        if (data < 0 || head.IndexOf("exec_output"u8) < 0)
        {
            return 0;
        }

        ReadOnlySpan<byte> base64 = line[(data + key.Length)..];
        base64 = base64[..base64.LastIndexOf((byte)'"')].TrimEnd((byte)'=');
        return base64.Length * 3 / 4;
    }
}
