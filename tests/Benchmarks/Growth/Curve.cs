namespace GuestAgent.Benchmarks.Growth;

/// <summary>Says how long something takes as there is more of it, with us and with somebody else.</summary>
/// <param name="Title">What is done.</param>
/// <param name="Of">What there is more of.</param>
/// <param name="Rival">Who else does it.</param>
internal sealed record Curve(string Title, string Of, string Rival)
{
    /// <summary>Gets the measured points, by how much there was.</summary>
    public List<(double Amount, TimeSpan Ours, TimeSpan Theirs)> Points { get; } = [];
}
