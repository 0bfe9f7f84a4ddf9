using GuestAgent.Contracts.Exec;

namespace GuestAgent.Host;

/// <summary>A piece of a running command's output.</summary>
/// <param name="Stream">Which output it belongs to.</param>
/// <param name="Offset">Position of its first byte in that output, counted from 0.</param>
/// <param name="Data">The bytes, never none. They stay valid.</param>
public readonly record struct OutputChunk(OutputChannel Stream, long Offset, ReadOnlyMemory<byte> Data);
