using System.Buffers;
using System.Text;
using System.Text.Unicode;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>A command's output, kept for one JSON result; bounded, because the guest decides how much comes.</summary>
internal sealed class CollectedOutput
{
    // As much as one message of the protocol holds.
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte>[] _streams = [new(), new()];
    private readonly bool[] _cut = new bool[2];

    /// <summary>Keeps a piece, as far as there is room.</summary>
    public void Add(OutputChunk chunk)
    {
        int stream = (int)chunk.Stream;
        int room = Math.Min(chunk.Data.Length, MaxBytes - _streams[stream].WrittenCount);
        _streams[stream].Write(chunk.Data.Span[..room]);
        _cut[stream] |= room < chunk.Data.Length;
    }

    /// <summary>The result in the protocol's form; base64 when one of the outputs is not UTF-8.</summary>
    public ExecCommandResult ToResult(CommandExit exit, bool timedOut)
    {
        bool text = Array.TrueForAll(_streams, stream => Utf8.IsValid(stream.WrittenSpan));
        return new ExecCommandResult(
            exit.ExitCode,
            exit.Signal,
            Encode(OutputChannel.Stdout, text),
            Encode(OutputChannel.Stderr, text),
            text ? TextEncoding.Utf8 : TextEncoding.Base64,
            (long)exit.Duration.TotalMilliseconds,
            timedOut,
            exit.OutputTruncated || _cut[(int)OutputChannel.Stdout],
            exit.ErrorTruncated || _cut[(int)OutputChannel.Stderr],
            exit.OutputBytes,
            exit.ErrorBytes);
    }

    private string Encode(OutputChannel stream, bool text)
    {
        ReadOnlySpan<byte> bytes = _streams[(int)stream].WrittenSpan;
        return text ? Encoding.UTF8.GetString(bytes) : Convert.ToBase64String(bytes);
    }
}
