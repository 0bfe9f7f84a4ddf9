namespace GuestAgent.Linux.Io;

/// <summary>What an edge of a descriptor announced; also names the direction to wait for.</summary>
[Flags]
internal enum Readiness
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>A read may give something: bytes, the end, or an error.</summary>
    Input = 1,

    /// <summary>A write may take something.</summary>
    Output = 2,

    /// <summary>The other side is gone. For a virtio-serial port a state that ends again, for a pipe the end.</summary>
    HangUp = 4,

    /// <summary>The descriptor is in error, as a pipe whose reader has closed.</summary>
    Error = 8,

    /// <summary>The descriptor was taken out of the loop; no edge will follow.</summary>
    Removed = 16,
}
