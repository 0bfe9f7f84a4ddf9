namespace GuestAgent.Host;

/// <summary>How far a transfer is.</summary>
/// <param name="Bytes">Bytes that have arrived at the other end, counted from where this transfer began.</param>
/// <param name="TotalBytes">Bytes of the whole; null when that is not known.</param>
public readonly record struct TransferProgress(long Bytes, long? TotalBytes);
