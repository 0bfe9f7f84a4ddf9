namespace GuestAgent.Warnings;

/// <summary>Something in a configuration without faults that means more than its reader may think.</summary>
/// <param name="Path">JSON path, such as <c>$.policy.commands[2]</c>.</param>
/// <param name="Message">What can happen, and what to write instead.</param>
internal sealed record ConfigurationWarning(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: warning: {Message}";
}
