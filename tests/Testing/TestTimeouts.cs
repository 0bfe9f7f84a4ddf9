namespace GuestAgent.Tests.Testing;

/// <summary>How long tests wait at most: what a machine needs that has twenty times too much to do.</summary>
public static class TestTimeouts
{
    /// <summary>A reply, a line of the log, the end of a process that was killed.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromMinutes(1);

    /// <summary>The agent from exec to a socket that takes connections.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromMinutes(1);

    /// <summary>The agent from SIGTERM to its exit: more than drain, grace and flush with default limits.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromMinutes(1);

    /// <summary>A program that compiles or packs.</summary>
    public static readonly TimeSpan Build = TimeSpan.FromMinutes(5);

    /// <summary>One test of many thousand messages.</summary>
    public static readonly TimeSpan Bulk = TimeSpan.FromSeconds(60);
}
