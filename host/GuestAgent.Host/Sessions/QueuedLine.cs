namespace GuestAgent.Host.Sessions;

/// <summary>A line that waits to be written.</summary>
/// <param name="Line">The line.</param>
/// <param name="Written">Gets its number when all of it went out; null when nobody waits for that.</param>
internal readonly record struct QueuedLine(Line Line, TaskCompletionSource<long>? Written = null);
