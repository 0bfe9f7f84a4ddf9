using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>
/// An array of <c>struct epoll_event</c>, whose layout depends on the architecture: packed to 12 bytes on x86-64 for the
/// sake of 32-bit programs, 16 bytes elsewhere (include/uapi/linux/eventpoll.h).
/// </summary>
internal readonly ref struct EpollEvents(Span<byte> memory)
{
    public const int LargestSize = 16;

    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int Size = Packed ? 12 : 16;
    private static readonly int TokenOffset = Packed ? 4 : 8;

    private readonly Span<byte> _memory = memory;

    public (uint Events, ulong Token) this[int index]
    {
        get
        {
            Span<byte> row = _memory.Slice(index * Size, Size);
            return (Unsafe.ReadUnaligned<uint>(ref row[0]), Unsafe.ReadUnaligned<ulong>(ref row[TokenOffset]));
        }

        set
        {
            Span<byte> row = _memory.Slice(index * Size, Size);
            Unsafe.WriteUnaligned(ref row[0], value.Events);
            Unsafe.WriteUnaligned(ref row[TokenOffset], value.Token);
        }
    }
}
