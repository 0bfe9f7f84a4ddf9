using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>The way to a host outside of any call, for what it has subscribed to.</summary>
internal interface IPush
{
    /// <summary>Whether the last content of an event has not gone out yet: the host reads slowly, or not at all.</summary>
    bool IsWaiting<T>(EventContract<T> contract)
        where T : class;

    /// <summary>Sends an event when nothing else is to be sent; it takes the place of an older one that waits.</summary>
    void PostLatest<T>(EventContract<T> contract, T content)
        where T : class;
}
