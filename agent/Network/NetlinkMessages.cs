using System.Runtime.InteropServices;

namespace GuestAgent.Network;

/// <summary>
/// Walks the messages of one netlink datagram: length, type, flags, sequence, sender, payload. Stops at the first one that
/// does not fit. https://man7.org/linux/man-pages/man7/netlink.7.html
/// </summary>
/// <param name="datagram">What was received.</param>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 16;

    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>What the message is about.</summary>
    public ushort Type { get; private set; }

    /// <summary>Its flags.</summary>
    public ushort Flags { get; private set; }

    /// <summary>The number of the request that it answers.</summary>
    public uint Sequence { get; private set; }

    /// <summary>Its content.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Goes to the next message; false when there is none.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < HeaderBytes)
        {
            return false;
        }

        uint length = MemoryMarshal.Read<uint>(_rest);
        if (length < HeaderBytes || length > (uint)_rest.Length)
        {
            return false;
        }

        Type = MemoryMarshal.Read<ushort>(_rest[4..]);
        Flags = MemoryMarshal.Read<ushort>(_rest[6..]);
        Sequence = MemoryMarshal.Read<uint>(_rest[8..]);
        Payload = _rest[HeaderBytes..(int)length];
        _rest = _rest[Math.Min(_rest.Length, ((int)length + 3) & ~3)..];
        return true;
    }
}
