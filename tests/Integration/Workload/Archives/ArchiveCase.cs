namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>One archive and what becomes of it.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Bytes">The gzipped archive; it has a file <c>main</c>.</param>
/// <param name="Refusal">What the agent's sentence has in it; null where it unpacks what GNU tar unpacks.</param>
/// <param name="Unlike">Who of the others unpacks something else than GNU tar, their names first; null for nobody.</param>
internal sealed record ArchiveCase(
    string Name, byte[] Bytes, string? Refusal = null, string? Unlike = null)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
