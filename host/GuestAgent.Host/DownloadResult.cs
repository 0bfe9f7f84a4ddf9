namespace GuestAgent.Host;

/// <summary>What was downloaded.</summary>
/// <param name="Bytes">How many bytes were written to the destination.</param>
/// <param name="Version">Opaque text that changes when the guest's file does.</param>
/// <param name="Sha256">Their SHA-256 in small hexadecimal digits, which the guest confirmed; null when it was not asked.
/// With <see cref="DownloadOptions.Sparse"/> that of the SHA-256s of blocks of 1 MiB.</param>
public sealed record DownloadResult(long Bytes, string Version, string? Sha256);
