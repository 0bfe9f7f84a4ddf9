using GuestAgent.Settings;

namespace GuestAgent.Dialects;

/// <summary>A line of the <see cref="DialectTable"/>.</summary>
/// <param name="Name">The name that a listener's configuration uses.</param>
/// <param name="Traits">What the dialect can do.</param>
/// <param name="Build">Makes what serves the connections of a listener.</param>
internal sealed record DialectEntry(string Name, DialectTraits Traits, Func<DialectParts, IDialect> Build);
