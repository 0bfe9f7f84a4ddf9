using System.IO.Pipelines;
using GuestAgent.Memory;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.Http;

/// <summary>The host of one connection: its session, and what it holds. A feature of the connection, and so of each request.</summary>
internal sealed class HttpHost
{
    private volatile PipeReader? _reading;

    /// <summary>Begins with the connection.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="memory">Counts what the connection holds.</param>
    /// <param name="listener">The listener of the connection.</param>
    public HttpHost(Session session, MemoryShare memory, ListenerProfile listener)
    {
        Session = session;
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

    /// <summary>Notes whose bytes <see cref="Unfinished"/> counts from now on.</summary>
    public void Reads(PipeReader body) => _reading = body;

    /// <summary>Ends what the host has asked for.</summary>
    public void End()
    {
        Session.End();
        Unfinished.Release();
    }
}
