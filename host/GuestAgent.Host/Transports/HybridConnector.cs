using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GuestAgent.Host.Transports;

/// <summary>
/// Connects to a guest's vsock port through the Unix socket of Firecracker or Cloud Hypervisor: a line with the port, a
/// line with the answer, then the guest's bytes. Where nobody listens the VMM closes without a word.
/// </summary>
internal sealed class HybridConnector(string path, uint port) : IConnector
{
    // "OK 4294967295\n" has 14 bytes; what comes behind the line in the same read is kept for the reader.
    private const int MaxReplyBytes = 32;
    private const int BufferBytes = 4096;

    private readonly UnixConnector _vmm = new(path);

    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = await _vmm.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new SocketStream(socket, await GreetAsync(socket, cancellationToken).ConfigureAwait(false));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw NobodyListens(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsUnaccepted() => false;

    /// <inheritdoc/>
    /// <remarks>While the guest boots, the VMM may say nothing until the guest's kernel takes what was meant for it.</remarks>
    public bool MayComeLater(ConnectionFailure failure) => failure is ConnectionFailure.NotListening
        or ConnectionFailure.NotFound or ConnectionFailure.Refused or ConnectionFailure.NoAnswer;

    /// <returns>The guest's bytes that came together with the answer.</returns>
    private async Task<ReadOnlyMemory<byte>> GreetAsync(Socket socket, CancellationToken cancellationToken)
    {
        // In one piece: the VMM looks at what its first read gives.
        byte[] request = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"CONNECT {port}\n"));
        await socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[BufferBytes];
        int length = 0;
        while (true)
        {
            int count = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw length == 0 ? NobodyListens() : Violation(buffer.AsSpan(0, length));
            }

            int end = buffer.AsSpan(0, Math.Min(length + count, MaxReplyBytes)).IndexOf((byte)'\n');
            length += count;
            if (end >= 0)
            {
                return IsAcceptance(buffer.AsSpan(0, end))
                    ? buffer.AsMemory((end + 1)..length)
                    : throw Violation(buffer.AsSpan(0, end));
            }

            if (length >= MaxReplyBytes)
            {
                throw Violation(buffer.AsSpan(0, MaxReplyBytes));
            }
        }
    }

    private static bool IsAcceptance(ReadOnlySpan<byte> line) =>
        line.StartsWith("OK "u8)
        && Utf8Parser.TryParse(line[3..], out uint _, out int digits)
        && digits == line.Length - 3;

    private GuestConnectionException NobodyListens(Exception? cause = null) => new(
        ConnectionFailure.NotListening,
        $"Nobody listens on vsock port {port} of the guest behind {path}; is the agent running yet?",
        cause);

    private GuestConnectionException Violation(ReadOnlySpan<byte> line) => new(
        ConnectionFailure.ProtocolViolation,
        $"{path} does not answer as a VMM's vsock socket does: {GuestText.OneLine(Encoding.UTF8.GetString(line))}");
}
