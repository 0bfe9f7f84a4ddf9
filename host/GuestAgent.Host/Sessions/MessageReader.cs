using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>Takes message after message off the bytes of an agent. One reader at a time.</summary>
internal sealed class MessageReader(PipeReader input, GuestClientOptions options)
{
    // Large messages, as pieces of files are, come again and again; small ones are not worth the pool's work.
    private const int LeastPooledBytes = 4096;

    private readonly LineFramer _framer = new(options.MaxMessageBytes);
    private long _lastReceived = options.TimeProvider.GetTimestamp();
    private long _receptions;

    /// <summary>When bytes came last, as a timestamp of the options' clock.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>How often bytes came: another number means that the agent has sent something since.</summary>
    public long Receptions => Volatile.Read(ref _receptions);

    /// <summary>The next message; null at the end of the bytes.</summary>
    /// <param name="stray">Gets each line that is no message, which is then skipped: on a virtio port a former host's
    /// leftovers may precede. Null where there is none to be expected.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is of no use after that.</param>
    /// <exception cref="GuestConnectionException">What came is no message, or too long.</exception>
    public async ValueTask<IncomingMessage?> ReadAsync(Action<ReadOnlyMemory<byte>>? stray, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            LineStatus status = _framer.TryRead(ref buffer, out ReadOnlySequence<byte> content);
            byte[]? pooled = null;
            Memory<byte>? line = null;
            if (status == LineStatus.Line)
            {
                line = Copy(content, out pooled);
            }

            if (status == LineStatus.NeedMore)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return null;
                }

                NoteReception();
                continue;
            }

            input.AdvanceTo(buffer.Start);
            NoteReception();
            if (Interpret(line, stray) is not { } message)
            {
                continue;
            }

            if (message.AttachedBytes == 0)
            {
                return new IncomingMessage(message, pooled);
            }

            return await ReadBodyAsync(message.AttachedBytes, cancellationToken).ConfigureAwait(false) is { } body
                ? new IncomingMessage(message, pooled, body)
                : null;
        }
    }

    private async ValueTask<FileContent?> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        if (length > options.MaxMessageBytes)
        {
            throw GuestConnectionException.Violation(
                $"{length} bytes follow a message as its body, which is more than {options.MaxMessageBytes}.");
        }

        byte[] memory = FileContent.Rent(length);
        for (int have = 0; have < length;)
        {
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                return null;
            }

            ReadOnlySequence<byte> piece = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, length - have));
            piece.CopyTo(memory.AsSpan(have));
            have += (int)piece.Length;
            input.AdvanceTo(piece.End);
            NoteReception();
        }

        return new FileContent(memory, length, TextEncoding.Base64);
    }

    private static Memory<byte> Copy(ReadOnlySequence<byte> content, out byte[]? pooled)
    {
        int length = (int)content.Length;
        pooled = length >= LeastPooledBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Memory<byte> line = (pooled ?? new byte[length]).AsMemory(0, length);
        content.CopyTo(line.Span);
        return line;
    }

    private JsonRpcMessage? Interpret(ReadOnlyMemory<byte>? text, Action<ReadOnlyMemory<byte>>? stray)
    {
        if (text is not { } line)
        {
            return stray is not null
                ? null
                : throw GuestConnectionException.Violation(
                    $"a message is longer than {options.MaxMessageBytes} bytes.");
        }

        if (JsonRpcParser.TryReadOne(line, out JsonRpcMessage one))
        {
            return one;
        }

        if (!line.Span.ContainsAnyExcept(" \t\r"u8))
        {
            return null;
        }

        try
        {
            IReadOnlyList<ReadOnlyMemory<byte>> messages = JsonRpcParser.Split(line, out bool isBatch);
            return !isBatch ? JsonRpcParser.Read(messages[0])
                : stray is not null ? null
                : throw GuestConnectionException.Violation("it sent a batch, though none was asked for.");
        }
        catch (OperationException e)
        {
            if (stray is null)
            {
                throw GuestConnectionException.Violation(e.Message, e);
            }

            stray(line);
            return null;
        }
    }

    private void NoteReception()
    {
        Volatile.Write(ref _lastReceived, options.TimeProvider.GetTimestamp());
        Volatile.Write(ref _receptions, _receptions + 1);
    }
}
