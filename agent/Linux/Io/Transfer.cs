namespace GuestAgent.Linux.Io;

/// <summary>The outcome of one non-blocking read or write.</summary>
/// <param name="Status">Whether bytes were moved, and why not.</param>
/// <param name="Count">How many; 0 unless <see cref="TransferStatus.Moved"/>.</param>
internal readonly record struct Transfer(TransferStatus Status, int Count);
