using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>One entry of a directory.</summary>
/// <param name="Name">Its name; where that is not UTF-8, with U+FFFD for the wrong bytes.</param>
/// <param name="Type">What kind of file it is; a symbolic link is not followed.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Permissions">Permission bits in octal, such as <c>0644</c>, with setuid, setgid and sticky bit.</param>
/// <param name="Owner">Name of the owner; null when the guest's files know none.</param>
/// <param name="Group">Name of the group; likewise.</param>
/// <param name="UserId">Number of the owner.</param>
/// <param name="GroupId">Number of the group.</param>
/// <param name="ModifiedMs">Last change of the content, milliseconds since 1970-01-01 UTC.</param>
/// <param name="LinkTarget">What a symbolic link leads to; absent for other files, and when it is not UTF-8.</param>
/// <param name="NameBase64">The bytes of the name in base64; absent when the name is UTF-8.</param>
/// <param name="ModifiedNs">Nanoseconds beyond <paramref name="ModifiedMs"/>, 0 to 999999.</param>
public sealed record FileEntry(
    string Name,
    FileType Type,
    long SizeBytes,
    string Permissions,
    string? Owner,
    string? Group,
    long UserId,
    long GroupId,
    long ModifiedMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LinkTarget = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NameBase64 = null,
    int ModifiedNs = 0)
{
    // Device and inode, for the agent itself; no part of the message.
    internal string? File { get; init; }
}
