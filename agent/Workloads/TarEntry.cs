namespace GuestAgent.Workloads;

/// <summary>One entry of an archive.</summary>
/// <param name="Name">Its path as the archive has it: any text.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes of content that follow.</param>
/// <param name="IsExecutable">Whether its owner may execute it.</param>
internal sealed record TarEntry(string Name, TarKind Kind, long Size, bool IsExecutable);
