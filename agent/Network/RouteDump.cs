using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Network;

/// <summary>Takes one message of a dump.</summary>
/// <param name="payload">Its content.</param>
internal delegate void DumpVisitor(ReadOnlySpan<byte> payload);

/// <summary>
/// Asks the kernel for all its links, addresses or routes. https://man7.org/linux/man-pages/man7/rtnetlink.7.html
/// </summary>
internal sealed unsafe class RouteDump : IDisposable
{
    /// <summary>RTM_GETLINK.</summary>
    public const ushort Links = 18;

    /// <summary>RTM_GETADDR.</summary>
    public const ushort Addresses = 22;

    /// <summary>RTM_GETROUTE.</summary>
    public const ushort Routes = 26;

    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort NLM_F_REQUEST = 1;
    private const ushort NLM_F_DUMP_INTR = 0x10;
    private const ushort NLM_F_DUMP = 0x300;

    // The kernel fills no datagram beyond 32 KiB, unless one message alone is longer.
    private const int BufferBytes = 64 * 1024;

    // Something changed while the kernel was telling: a machine on which that happens each time gets the last answer.
    private const int MaxTries = 5;

    // The kernel answers at once; a bound all the same, since nothing else would end the wait.
    private const int PatienceSeconds = 5;

    private readonly SafeFileHandle _socket = NativeMethods
        .socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NativeMethods.NETLINK_ROUTE).OrThrow("socket(AF_NETLINK)");

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private uint _sequence;

    /// <summary>Opens a socket of its own.</summary>
    /// <exception cref="LinuxException">The kernel has no rtnetlink, or a sandbox forbids it.</exception>
    public RouteDump()
    {
        timespec patience = new() { tv_sec = PatienceSeconds };
        // SAFETY: struct timeval has the layout of struct timespec on 64-bit architectures.
        _ = NativeMethods.setsockopt(_socket, LibC.SOL_SOCKET, LibC.SO_RCVTIMEO, &patience, (uint)sizeof(timespec));
    }

    /// <summary>Asks for everything of one kind.</summary>
    /// <param name="kind">One of the constants.</param>
    /// <param name="restart">Called before each try: what was visited until then is to be forgotten.</param>
    /// <param name="visit">Called for each message.</param>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void Read(ushort kind, Action restart, DumpVisitor visit)
    {
        for (int tries = 1; ; tries++)
        {
            restart();
            Ask(kind);
            if (Receive(visit) || tries == MaxTries)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Ask(ushort kind)
    {
        // A header and struct rtgenmsg with AF_UNSPEC, padded to what all three requests take.
        Span<byte> request = stackalloc byte[NetlinkMessages.HeaderBytes + 16];
        request.Clear();
        MemoryMarshal.Write(request, (uint)request.Length);
        MemoryMarshal.Write(request[4..], kind);
        MemoryMarshal.Write(request[6..], (ushort)(NLM_F_REQUEST | NLM_F_DUMP));
        MemoryMarshal.Write(request[8..], ++_sequence);
        NativeMethods.sockaddr_nl kernel = new() { nl_family = (ushort)LibC.AF_NETLINK };
        fixed (byte* start = request)
        {
            // SAFETY: the kernel reads the request and the address, both local.
            if (NativeMethods.sendto(_socket, start, request.Length, 0, &kernel, (uint)sizeof(NativeMethods.sockaddr_nl)) < 0)
            {
                throw LinuxException.FromLastError("rtnetlink");
            }
        }
    }

    // False when the kernel says that the answer is not of one moment.
    private bool Receive(DumpVisitor visit)
    {
        bool consistent = true;
        while (true)
        {
            NetlinkMessages messages = new(ReceiveDatagram());
            while (messages.MoveNext())
            {
                if (messages.Sequence != _sequence)
                {
                    continue;
                }

                consistent &= (messages.Flags & NLM_F_DUMP_INTR) == 0;
                switch (messages.Type)
                {
                    case NLMSG_DONE:
                        return consistent;
                    case NLMSG_ERROR:
                        int error = messages.Payload.Length >= sizeof(int) ? -MemoryMarshal.Read<int>(messages.Payload) : Errno.EIO;
                        throw new LinuxException("rtnetlink", error);
                    default:
                        visit(messages.Payload);
                        break;
                }
            }
        }
    }

    private ReadOnlySpan<byte> ReceiveDatagram()
    {
        fixed (byte* start = _buffer)
        {
            while (true)
            {
                NativeMethods.sockaddr_nl sender = default;
                uint length = (uint)sizeof(NativeMethods.sockaddr_nl);
                // SAFETY: the kernel writes at most the pinned buffer, and the address, whose length it is told.
                nint count = NativeMethods.recvfrom(_socket, start, BufferBytes, LibC.MSG_TRUNC, &sender, &length);
                if (count is <= 0 or > BufferBytes)
                {
                    if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                    {
                        continue;
                    }

                    throw count < 0 ? LinuxException.FromLastError("rtnetlink") : new LinuxException("rtnetlink", Errno.EIO);
                }

                if (sender.nl_pid == 0)
                {
                    return _buffer.AsSpan(0, (int)count);
                }
            }
        }
    }
}
