namespace GuestAgent.Settings;

/// <summary>
/// Which connections of the guest a host may have carried. An entry is <c>HOST:PORT</c> or the absolute path of a Unix socket or of a
/// directory of such: HOST is <c>localhost</c>, an address, a network such as <c>10.0.0.0/8</c>, or <c>*</c> for any, those of IPv6 in
/// brackets; PORT is a number, a range such as <c>8000-8099</c>, or <c>*</c>.
/// </summary>
/// <param name="Connect">Where to a host may connect from within the guest.</param>
/// <param name="Listen">Where a host may listen in the guest.</param>
internal sealed record ForwardSettings(IReadOnlyList<string>? Connect = null, IReadOnlyList<string>? Listen = null)
{
    /// <summary>Where to a host may connect from within the guest.</summary>
    public IReadOnlyList<string> Connect { get; init; } = Connect ?? [];

    /// <summary>Where a host may listen in the guest.</summary>
    public IReadOnlyList<string> Listen { get; init; } = Listen ?? [];

    /// <summary>The entries of either list that are paths.</summary>
    public IEnumerable<string> Paths()
    {
        foreach (string entry in (IEnumerable<string>)[.. Connect, .. Listen])
        {
            if (entry.StartsWith('/'))
            {
                yield return entry;
            }
        }
    }
}
