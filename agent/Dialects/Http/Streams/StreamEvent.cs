namespace GuestAgent.Dialects.Http.Streams;

/// <summary>An event that is to be sent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Json">What it says, in one line.</param>
internal sealed record StreamEvent(string Name, ReadOnlyMemory<byte> Json);
