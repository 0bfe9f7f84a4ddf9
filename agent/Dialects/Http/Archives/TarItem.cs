namespace GuestAgent.Dialects.Http.Archives;

/// <summary>What an archive says of one entry.</summary>
/// <param name="Name">Its path in the archive; of a directory with a slash at the end.</param>
/// <param name="Type">The letter of its kind.</param>
/// <param name="Size">Bytes of its content.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="UserId">Number of its owner.</param>
/// <param name="GroupId">Number of its group.</param>
/// <param name="Modified">When it changed, seconds since 1970.</param>
/// <param name="LinkTarget">What a symbolic link says.</param>
internal readonly record struct TarItem(
    string Name, char Type, long Size, uint Mode, long UserId, long GroupId, long Modified, string LinkTarget = "");
