using System.Net;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>An address and who talks to those that connect there.</summary>
/// <param name="Name">Name of the listener, for the log.</param>
/// <param name="EndPoint">The address; a listener factory knows its type.</param>
/// <param name="ServeAsync">Talks to one connection until it ends.</param>
internal sealed record ServedEndPoint(string Name, EndPoint EndPoint, Func<ConnectionContext, Task> ServeAsync);
