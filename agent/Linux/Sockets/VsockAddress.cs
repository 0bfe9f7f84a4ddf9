namespace GuestAgent.Linux.Sockets;

/// <summary>An address of vsock(7).</summary>
/// <param name="Cid">Context: 1 is the guest itself, 2 its host, from 3 on guests.</param>
/// <param name="Port">Port, of which those below 1024 need privilege to listen on.</param>
internal readonly record struct VsockAddress(uint Cid, uint Port)
{
    /// <summary>VMADDR_CID_ANY, and VMADDR_PORT_ANY: no address of anybody.</summary>
    public const uint Any = uint.MaxValue;

    /// <summary>VMADDR_CID_HOST.</summary>
    public const uint Host = 2;

    /// <inheritdoc/>
    public override string ToString() => $"{Cid}:{Port}";
}
