using GuestAgent.Sessions;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects;

/// <summary>Serves one connection in one language.</summary>
internal interface IDialect
{
    /// <summary>Talks to the peer until one side ends it.</summary>
    Task ServeAsync(ConnectionContext connection, ListenerProfile listener);
}
