namespace GuestAgent.Dispatch;

/// <summary>What is known of a content before it is sent.</summary>
/// <param name="Size">Its bytes; null for a file that does not tell, as those of /proc.</param>
/// <param name="Version">Changes when the content does.</param>
/// <param name="Modified">When it changed last, in whole seconds.</param>
internal sealed record ContentFacts(long? Size, string Version, DateTimeOffset Modified);
