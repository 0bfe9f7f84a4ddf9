using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GuestAgent.Benchmarks.Clients;

/// <summary>
/// Moves a file through qemu-ga as fast as its protocol lets a client: pieces of 1 MiB, the next one asked for while the
/// last one is decoded, base64 straight from and to the socket's buffer.
/// </summary>
internal sealed class QgaFile : IDisposable
{
    /// <summary>Bytes of a piece.</summary>
    public const int PieceBytes = 1 << 20;

    private readonly LineSocket _socket;
    private readonly byte[] _request = new byte[PieceBytes * 4 / 3 + 4096];
    private readonly byte[] _read;
    private readonly int _writeHead;

    private QgaFile(LineSocket socket, long handle)
    {
        _socket = socket;
        Handle = handle.ToString(CultureInfo.InvariantCulture);
        _read = Request("guest-file-read", $"\"handle\":{Handle},\"count\":{PieceBytes}");
        _writeHead = Encoding.UTF8.GetBytes(
            $"{{\"execute\":\"guest-file-write\",\"arguments\":{{\"handle\":{Handle},\"buf-b64\":\"", _request);
    }

    private string Handle { get; }

    /// <summary>Opens a file; <paramref name="mode"/> as of fopen(3).</summary>
    public static QgaFile Open(string socketPath, string path, string mode)
    {
        LineSocket socket = new(socketPath);
        try
        {
            socket.Send(Request("guest-file-open", $"\"path\":\"{path}\",\"mode\":\"{mode}\""));
            return new QgaFile(socket, Number(socket.ReadLine(), "\"return\": "u8));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="buffer">Takes each piece.</param>
    /// <returns>Bytes of the file.</returns>
    public long ReadAll(Span<byte> buffer)
    {
        long total = 0;
        _socket.Send(_read);
        while (true)
        {
            // Known to be followed by another piece, or by an answer of 0 bytes.
            _socket.Send(_read);
            int count = Decode(_socket.ReadLine(), buffer);
            total += count;
            if (count < PieceBytes)
            {
                _socket.ReadLine();
                return total;
            }
        }
    }

    /// <summary>Writes <paramref name="content"/>; the next piece is encoded while the last one is being written.</summary>
    public void WriteAll(ReadOnlySpan<byte> content)
    {
        int unanswered = 0;
        while (!content.IsEmpty)
        {
            ReadOnlySpan<byte> piece = content[..Math.Min(content.Length, PieceBytes)];
            content = content[piece.Length..];
            Base64.EncodeToUtf8(piece, _request.AsSpan(_writeHead), out _, out int written);
            "\"}}\n"u8.CopyTo(_request.AsSpan(_writeHead + written));
            _socket.Send(_request.AsSpan(0, _writeHead + written + 4));
            if (++unanswered == 2)
            {
                Number(_socket.ReadLine(), "\"count\": "u8);
                unanswered--;
            }
        }

        Number(_socket.ReadLine(), "\"count\": "u8);
    }

    public void Dispose()
    {
        _socket.Send(Request("guest-file-close", "\"handle\":" + Handle));
        _socket.ReadLine();
        _socket.Dispose();
    }

    private static byte[] Request(string command, string arguments) =>
        Encoding.UTF8.GetBytes($"{{\"execute\":\"{command}\",\"arguments\":{{{arguments}}}}}\n");

    private static int Decode(ReadOnlySpan<byte> answer, Span<byte> buffer)
    {
        ReadOnlySpan<byte> key = "\"buf-b64\": \""u8;
        int start = answer.IndexOf(key);
        if (start < 0)
        {
            throw new InvalidDataException("unexpected answer of qemu-ga: " + Encoding.UTF8.GetString(answer));
        }

        ReadOnlySpan<byte> base64 = answer[(start + key.Length)..];
        Base64.DecodeFromUtf8(base64[..base64.IndexOf((byte)'"')], buffer, out _, out int count);
        return count;
    }

    private static long Number(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> key)
    {
        int start = answer.IndexOf(key);
        return start >= 0 && Utf8Parser.TryParse(answer[(start + key.Length)..], out long number, out _)
            ? number
            : throw new InvalidDataException("unexpected answer of qemu-ga: " + Encoding.UTF8.GetString(answer));
    }
}
