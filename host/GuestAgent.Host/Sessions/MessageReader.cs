using System.Buffers;
using System.IO.Pipelines;
using GuestAgent.Errors;
using GuestAgent.Framing;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>Takes message after message off the bytes of an agent. One reader at a time.</summary>
internal sealed class MessageReader(PipeReader input, GuestClientOptions options)
{
    private readonly LineFramer _framer = new(options.MaxMessageBytes);
    private long _lastReceived = options.TimeProvider.GetTimestamp();
    private long _receptions;

    /// <summary>When bytes came last, as a timestamp of the options' clock.</summary>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>How often bytes came: another number means that the agent has sent something since.</summary>
    public long Receptions => Volatile.Read(ref _receptions);

    /// <summary>The next message, in memory of its own; null at the end of the bytes.</summary>
    /// <param name="tolerant">True skips what is no message: on a virtio port a former host's leftovers may
    /// precede.</param>
    /// <param name="cancellationToken">Ends the wait; the reader is of no use after that.</param>
    /// <exception cref="GuestConnectionException">What came is no message, or too long.</exception>
    public async ValueTask<JsonRpcMessage?> ReadAsync(bool tolerant, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadResult read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            LineStatus status = _framer.TryRead(ref buffer, out ReadOnlySequence<byte> content);
            byte[]? line = status == LineStatus.Line ? content.ToArray() : null;
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
            if (Interpret(line, tolerant) is { } message)
            {
                return message;
            }
        }
    }

    private JsonRpcMessage? Interpret(byte[]? line, bool tolerant)
    {
        if (line is null)
        {
            return tolerant
                ? null
                : throw GuestConnectionException.Violation(
                    $"a message is longer than {options.MaxMessageBytes} bytes.");
        }

        if (!line.AsSpan().ContainsAnyExcept(" \t\r"u8))
        {
            return null;
        }

        try
        {
            IReadOnlyList<ReadOnlyMemory<byte>> messages = JsonRpcParser.Split(line, out bool isBatch);
            return !isBatch ? JsonRpcParser.Read(messages[0])
                : tolerant ? null
                : throw GuestConnectionException.Violation("it sent a batch, though none was asked for.");
        }
        catch (OperationException e)
        {
            return tolerant ? null : throw GuestConnectionException.Violation(e.Message, e);
        }
    }

    private void NoteReception()
    {
        Volatile.Write(ref _lastReceived, options.TimeProvider.GetTimestamp());
        Volatile.Write(ref _receptions, _receptions + 1);
    }
}
