using System.IO.Pipelines;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.Http;

/// <summary>The host of one connection: its session, and what it holds. A feature of the connection, and so of each request.</summary>
internal sealed class HttpHost
{
    private readonly Func<IPush?, Session> _openSession;
    private volatile PipeReader? _reading;

    /// <summary>Begins with the connection.</summary>
    /// <param name="openSession">Opens a session, of a host that can be told what it did not ask for, or, for null, not.</param>
    /// <param name="memory">Counts what the connection holds.</param>
    /// <param name="listener">The listener of the connection.</param>
    public HttpHost(Func<IPush?, Session> openSession, MemoryShare memory, ListenerProfile listener)
    {
        _openSession = openSession;
        Session = openSession(null);
        Memory = memory;
        Listener = listener;
        Unfinished = new UnfinishedMessage(memory, () => _reading?.CancelPendingRead());
    }

    /// <summary>Its session.</summary>
    public Session Session { get; }

    /// <summary>Counts what the connection holds.</summary>
    public MemoryShare Memory { get; }

    /// <summary>The listener of the connection.</summary>
    public ListenerProfile Listener { get; }

    /// <summary>The body that is not complete.</summary>
    public UnfinishedMessage Unfinished { get; }

    /// <summary>Opens a session for one request, which ends it.</summary>
    /// <param name="push">The way to the host outside of any call; null for none.</param>
    public Session OpenSession(IPush? push) => _openSession(push);

    /// <summary>Notes whose bytes <see cref="Unfinished"/> counts from now on.</summary>
    public void Reads(PipeReader body) => _reading = body;

    /// <summary>Ends what the host has asked for.</summary>
    public void End()
    {
        Session.End();
        Unfinished.Release();
    }
}
