namespace GuestAgent.Dispatch;

/// <summary>The permission of operations that only look and need none.</summary>
internal sealed class Unrestricted : IGrant
{
    /// <summary>The one instance.</summary>
    public static readonly Unrestricted Instance = new();

    private Unrestricted()
    {
    }

    /// <inheritdoc/>
    public string Subject => "-";

    /// <inheritdoc/>
    public string? Rule => null;
}
