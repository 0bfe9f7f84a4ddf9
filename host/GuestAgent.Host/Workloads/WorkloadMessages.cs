using System.Buffers;
using System.Text;
using System.Text.Json;
using GuestAgent.Framing;
using GuestAgent.Host.Transports;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Host.Workloads;

/// <summary>Reads and writes the messages of one exchange; what it reads is checked, whatever the guest sends.</summary>
internal sealed class WorkloadMessages(ByteChannel channel)
{
    private const int MaxRawBytes = 1024;

    private readonly RecentLogs _recent = new();

    /// <summary>Sends a request.</summary>
    /// <exception cref="WorkloadException">The connection has ended.</exception>
    public Task SendAsync(GuestRequest request, CancellationToken cancellationToken) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(request, WorkloadJson.Default.GuestRequest), cancellationToken);

    /// <summary>Sends any other message.</summary>
    /// <exception cref="WorkloadException">The connection has ended.</exception>
    public Task SendAsync(GuestMessage message, CancellationToken cancellationToken) =>
        SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, WorkloadJson.Default.GuestMessage), cancellationToken);

    /// <summary>Reads the next message: a log with its line, or a result with its response.</summary>
    /// <exception cref="WorkloadException">There is none, or it is neither.</exception>
    public async Task<GuestMessage> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await ReadBytesAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            switch (LengthFramer.TryRead(ref buffer, WorkloadWire.MaxFrameBytes, out ReadOnlySequence<byte> frame, out uint length))
            {
                case FrameStatus.Frame:
                    GuestMessage message = Parse(frame);
                    channel.Input.AdvanceTo(buffer.Start);
                    return message;
                case FrameStatus.TooLong when buffer.FirstSpan[0] == (byte)'{':
                    throw Fail(
                        WorkloadFailure.Malformed,
                        "The guest answers in lines of JSON: its listener has another dialect than workload.",
                        buffer);
                case FrameStatus.TooLong:
                    throw Fail(
                        WorkloadFailure.TooLong,
                        $"The guest announces a message of {length} bytes; the limit is {WorkloadWire.MaxFrameBytes}.",
                        buffer);
                default:
                    channel.Input.AdvanceTo(buffer.Start, buffer.End);
                    if (read.IsCompleted)
                    {
                        throw Fail(WorkloadFailure.Lost, "The connection ended before the result.", default);
                    }

                    break;
            }
        }
    }

    private async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        if (message.Length > WorkloadWire.MaxFrameBytes)
        {
            throw new ArgumentException(
                $"The request has {message.Length} bytes; the limit is {WorkloadWire.MaxFrameBytes}.", nameof(message));
        }

        try
        {
            // From one piece of memory, so that the transport decides how much goes at once: over vsock each write is a
            // packet at least.
            var frame = new ArrayBufferWriter<byte>(LengthFramer.PrefixBytes + message.Length);
            LengthFramer.Write(frame, message);
            await channel.Output.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Fail(WorkloadFailure.Lost, "The connection broke while the request was sent.", default, e);
        }
    }

    private async Task<System.IO.Pipelines.ReadResult> ReadBytesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await channel.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Fail(WorkloadFailure.Lost, $"The connection broke before the result: {e.Message}", default, e);
        }
    }

    private GuestMessage Parse(in ReadOnlySequence<byte> frame)
    {
        GuestMessage? message;
        try
        {
            var reader = new Utf8JsonReader(frame);
            message = JsonSerializer.Deserialize(ref reader, WorkloadJson.Default.GuestMessage);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Fail(WorkloadFailure.Malformed, "The guest sent what is no message.", frame, e);
        }

        switch (message?.Type)
        {
            case WorkloadWire.Log when message.Line is { } line:
                _recent.Add(new WorkloadLog(line, message.Stream, message.Offset));
                return message;
            case WorkloadWire.Log when message.Data is { } data:
                _recent.Add(new WorkloadLog(Encoding.UTF8.GetString(data.Span), message.Stream, message.Offset));
                return message;
            case WorkloadWire.Result when message.Response is { ErrorCode: WorkloadWire.ShuttingDown } response:
                throw Fail(WorkloadFailure.AgentStopping, GuestText.OneLine(response.Error ?? "The agent stops."), default);
            case WorkloadWire.Result when message.Response is not null:
                return message;
            case WorkloadWire.Result:
                throw Fail(WorkloadFailure.NoResponse, "The guest sent a result without content.", frame);
            case null or WorkloadWire.Log:
                throw Fail(WorkloadFailure.Malformed, "The guest sent what is no message.", frame);
            default:
                throw Fail(
                    WorkloadFailure.UnknownType,
                    $"The guest sent a message of the unknown type {GuestText.OneLine(message.Type)}.",
                    frame);
        }
    }

    private WorkloadException Fail(
        WorkloadFailure reason, string sentence, in ReadOnlySequence<byte> raw, Exception? cause = null) =>
        new(reason, sentence, _recent.ToList(), raw.Slice(0, Math.Min(raw.Length, MaxRawBytes)).ToArray(), cause);
}
