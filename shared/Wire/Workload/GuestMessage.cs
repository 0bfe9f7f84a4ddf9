namespace GuestAgent.Wire.Workload;

/// <summary>What a guest sends: lines of output while the program runs, then its result. A host sends one to cancel.</summary>
/// <param name="Type">One of <see cref="WorkloadWire"/>'s words.</param>
/// <param name="Line">A line of output without its end; in a log message only.</param>
/// <param name="Response">The result; in a result message only.</param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>; only for hosts with the feature.</param>
/// <param name="Offset">Position of the first byte in its output; only for hosts with the feature.</param>
/// <param name="Data">Bytes of the output in place of a line; only for hosts with the feature.</param>
public sealed record GuestMessage(
    string? Type = null,
    string? Line = null,
    GuestResponse? Response = null,
    string? Stream = null,
    long? Offset = null,
    ReadOnlyMemory<byte>? Data = null);
