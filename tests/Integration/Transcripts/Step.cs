namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>One line of a transcript.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Text">The message sent or expected.</param>
/// <param name="Line">Number of the line in the file.</param>
internal sealed record Step(StepKind Kind, string Text, int Line);
