using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>Content of the notification <c>exec_output</c>: a piece of a streamed command's output.</summary>
/// <param name="Id">The id of the <c>exec_command</c> request.</param>
/// <param name="Stream">Which output it is.</param>
/// <param name="Offset">Position of the first byte in that output, counted from 0 for each stream.</param>
/// <param name="Data">The bytes; base64 on the wire.</param>
public sealed record ExecOutput(CallId Id, OutputChannel Stream, long Offset, ReadOnlyMemory<byte> Data);

/// <summary>One of the two outputs of a command.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<OutputChannel>))]
public enum OutputChannel
{
    /// <summary>Standard output.</summary>
    Stdout = 0,

    /// <summary>Standard error.</summary>
    Stderr = 1,
}
