namespace GuestAgent.Cli.Output;

/// <summary>A column of a <see cref="TextTable"/>.</summary>
/// <param name="Header">What stands above it.</param>
/// <param name="IsRight">True for numbers, which stand at its right edge.</param>
internal sealed record Column(string Header, bool IsRight = false)
{
    /// <summary>A column of text.</summary>
    public static Column Text(string header = "") => new(header);

    /// <summary>A column of numbers.</summary>
    public static Column Number(string header = "") => new(header, IsRight: true);
}
