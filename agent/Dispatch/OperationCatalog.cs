namespace GuestAgent.Dispatch;

/// <summary>
/// All operations by name. The route of one is made when it is first asked for: of all operations most hosts use a few.
/// </summary>
internal sealed class OperationCatalog
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Names of all operations.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Adds an operation.</summary>
    /// <param name="name">Its name on the wire.</param>
    /// <param name="makeRoute">Makes its route, once.</param>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public void Add(string name, Func<Route> makeRoute) => _entries.Add(name, new Entry(makeRoute));

    /// <summary>The route of an operation; null when there is none of this name.</summary>
    public Route? Find(string name) => _entries.GetValueOrDefault(name)?.Route;

    private sealed class Entry(Func<Route> makeRoute)
    {
        private Route? _route;
        private object? _making;

        // A failure, as when memory has run out, is not kept.
        public Route Route => LazyInitializer.EnsureInitialized(ref _route, ref _making, makeRoute);
    }
}
