using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;

namespace GuestAgent.Files;

/// <summary>The uploads that a caller may know of.</summary>
/// <param name="Entries">They, by path.</param>
internal sealed record UploadList(IReadOnlyList<UploadEntry> Entries) : IGrant
{
    /// <inheritdoc/>
    public string Subject => "uploads";

    /// <inheritdoc/>
    public string? Rule => null;
}
