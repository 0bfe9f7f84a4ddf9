namespace GuestAgent.Benchmarks.Clients;

/// <summary>Does with one agent what is compared.</summary>
internal interface IAgentClient : IDisposable
{
    /// <summary>Asks whether the agent is there.</summary>
    void Ping();

    /// <summary>Runs /bin/true without keeping its output, until its exit code is known.</summary>
    void RunTrue();

    /// <summary>Runs /bin/true with both outputs kept, until its exit code is known.</summary>
    void RunTrueCaptured();
}
