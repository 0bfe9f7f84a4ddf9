using System.Net.Sockets;

namespace GuestAgent.Linux;

/// <summary>A connection that somebody has made to us.</summary>
/// <param name="Handle">The descriptor, not blocking; whoever takes it owns it.</param>
/// <param name="Peer">Who: the kernel's word, not the peer's.</param>
internal readonly record struct AcceptedVsock(SafeSocketHandle Handle, VsockAddress Peer);
