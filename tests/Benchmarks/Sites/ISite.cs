using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;

namespace GuestAgent.Benchmarks.Sites;

/// <summary>Is a place where both agents run under the same conditions.</summary>
internal interface ISite : IAsyncDisposable
{
    /// <summary>Gets a value indicating whether an agent serves more than one connection at a time.</summary>
    bool TakesSecondConnection { get; }

    /// <summary>Gets a value indicating whether absolute times mean something here.</summary>
    bool HasRealSpeed { get; }

    NativeClient ConnectOurs();

    IAgentClient ConnectTheirs();

    Task<ProcessFigures> InspectOursAsync();

    Task<ProcessFigures> InspectTheirsAsync();
}
