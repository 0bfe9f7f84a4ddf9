using System.Runtime.InteropServices;

namespace GuestAgent.Connections;

/// <summary>Set by transports whose connections are stream sockets of the kernel.</summary>
internal interface IStreamSocketFeature
{
    /// <summary>The socket, which the connection owns.</summary>
    SafeHandle Socket { get; }
}
