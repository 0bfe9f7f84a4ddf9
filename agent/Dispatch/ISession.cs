namespace GuestAgent.Dispatch;

/// <summary>
/// One host on a connection, from its coming to its going, as operations see it. Things that live longer than one call
/// belong to it and are found by it.
/// </summary>
internal interface ISession
{
    /// <summary>When it came, among all sessions of the agent.</summary>
    SessionOrder Order { get; }

    /// <summary>The way to the host outside of any call.</summary>
    /// <exception cref="Errors.OperationException"><see cref="Errors.ErrorCode.NotSupported"/>: its dialect has none.</exception>
    IPush Push { get; }

    /// <summary>
    /// Has something end with the session: it is disposed when the connection ends or another host has come, at once if that
    /// has happened. Disposed on whatever thread notices, so it must not wait.
    /// </summary>
    void Keep(IDisposable lasting);

    /// <summary>Forgets what has ended by itself.</summary>
    void Release(IDisposable lasting);
}
