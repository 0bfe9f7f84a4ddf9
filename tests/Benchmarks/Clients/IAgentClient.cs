namespace GuestAgent.Benchmarks.Clients;

/// <summary>Does with one agent what is compared.</summary>
internal interface IAgentClient : IDisposable
{
    /// <summary>Asks whether the agent is there.</summary>
    void Ping();

    /// <summary>Runs /bin/true with the agent's default parameters until its exit code is known.</summary>
    void RunTrue();
}
