using GuestAgent.Memory;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The session of a host that speaks JSON-RPC, with what that conversation knows of it.</summary>
/// <param name="admission">Admits and starts calls.</param>
/// <param name="push">The way to the host outside of any call.</param>
/// <param name="whenTaken">Completes when the host has read what was sent so far, as far as can be known.</param>
/// <param name="replies">Where answers go that are not part of a batch.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="memory">Counts what the connection holds.</param>
/// <param name="name">The name that the host has given its session; null for none.</param>
internal sealed class JsonRpcSession(
    CallAdmission admission,
    JsonRpcPush push,
    Func<CancellationToken, Task> whenTaken,
    DirectReplies replies,
    ListenerProfile listener,
    MemoryShare memory,
    string? name) : Session(admission, push, whenTaken)
{
    /// <summary>Where answers go that are not part of a batch.</summary>
    public IReplySink Replies => replies;

    /// <summary>The name that the host has given its session; null for none.</summary>
    public string? Name => name;

    /// <summary>Lines that have come in this session. Of meaning to the reader of the connection alone.</summary>
    public long Lines { get; private set; }

    /// <summary>Counts what the connection holds.</summary>
    public MemoryShare Memory => memory;

    /// <summary>Longest answer in bytes.</summary>
    public int MaxMessageBytes => listener.Limits.MaxMessageBytes;

    /// <summary>Notes that a line has come.</summary>
    public void CountLine() => Lines++;
}
