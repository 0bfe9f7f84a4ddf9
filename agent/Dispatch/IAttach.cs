using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>
/// One host's stay on a connection, and the way to it outside of any call. Things that live longer than one call belong to
/// it and are found by it.
/// </summary>
internal interface IAttach
{
    /// <summary>
    /// Has something end with the stay: it is disposed when the connection ends or another host has come, at once if that
    /// has happened. Disposed on whatever thread notices, so it must not wait.
    /// </summary>
    void Keep(IDisposable lasting);

    /// <summary>Forgets what has ended by itself.</summary>
    void Release(IDisposable lasting);

    /// <summary>Whether the last content of an event has not gone out yet: the host reads slowly, or not at all.</summary>
    bool IsWaiting<T>(EventContract<T> contract)
        where T : class;

    /// <summary>Sends an event when nothing else is to be sent; it takes the place of an older one that waits.</summary>
    void PostLatest<T>(EventContract<T> contract, T content)
        where T : class;
}
