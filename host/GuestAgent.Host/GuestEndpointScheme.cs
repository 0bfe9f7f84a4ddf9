namespace GuestAgent.Host;

/// <summary>How the channel behind a <see cref="GuestEndpoint"/> is reached.</summary>
public enum GuestEndpointScheme
{
    /// <summary>A Unix socket that is the channel itself, such as that of a QEMU chardev.</summary>
    Unix = 0,

    /// <summary>A vsock port of a guest, reached through this host's kernel.</summary>
    Vsock = 1,

    /// <summary>A vsock port of a guest, reached through the Unix socket of Firecracker or Cloud Hypervisor.</summary>
    Hybrid = 2,
}
