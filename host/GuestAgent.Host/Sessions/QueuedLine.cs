namespace GuestAgent.Host.Sessions;

/// <summary>A line that waits to be written.</summary>
/// <param name="Bytes">The whole line with its end.</param>
/// <param name="Written">Completed when all of it went out; null when nobody waits for that.</param>
internal readonly record struct QueuedLine(ReadOnlyMemory<byte> Bytes, TaskCompletionSource? Written = null);
