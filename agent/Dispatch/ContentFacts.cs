namespace GuestAgent.Dispatch;

/// <summary>What is known of a content before it is sent.</summary>
/// <param name="Size">Its bytes; null for a file that does not tell, as those of /proc.</param>
/// <param name="Version">Changes when the content does.</param>
/// <param name="Modified">When it changed last, in whole seconds.</param>
/// <param name="File">Tells the file from others, whatever their names: device and inode as <c>file_stat</c> has them.</param>
internal sealed record ContentFacts(long? Size, string Version, DateTimeOffset Modified, string File);
