namespace GuestAgent.Contracts;

/// <summary>The part of an operation's contract that does not depend on its types.</summary>
public interface IOperationContract
{
    /// <summary>Name on the wire, snake_case.</summary>
    string Name { get; }

    /// <summary>What it may do to the guest.</summary>
    Access Access { get; }

    /// <summary>
    /// True when doing it twice is as good as doing it once, so that a host that has lost the answer may ask again.
    /// </summary>
    bool IsRepeatable { get; }

    /// <summary>
    /// True when the operation only goes on with a call that has its audit record already, such as a piece of input for
    /// a running command. It gets a record only when it is refused.
    /// </summary>
    bool ContinuesAuditedCall { get; }

    /// <summary>
    /// True when it changes, runs or ends something: what it has done stays when the agent or the guest ends, be it by this very
    /// call, so its start is recorded before it happens.
    /// </summary>
    bool IsAuditedFirst { get; }

    /// <summary>
    /// True when its start may have to wait for the kernel, as for a disk: it is then kept off the thread that serves all
    /// connections.
    /// </summary>
    bool MayBlock { get; }

    /// <summary>
    /// True when it only tells whether the agent is alive: no limit of rate refuses it, and it waits for no other request,
    /// or a busy agent would look like a dead one.
    /// </summary>
    bool IsProbe { get; }

    /// <summary>
    /// True when what may be long in its parameters is bytes that stay bytes, and never becomes text of two bytes a character.
    /// </summary>
    bool TakesBytes { get; }

    /// <summary>
    /// True when it lasts, and a limit of its own says how many there may be: it takes no place among the requests in flight, nor is
    /// it refused for want of one.
    /// </summary>
    bool IsLimitedElsewhere { get; }
}
