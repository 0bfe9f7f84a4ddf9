using GuestAgent.Linux.Io;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Tests.Unit.Linux;

/// <summary>A loop and a pipe whose two ends it watches.</summary>
internal sealed class WatchedPipe : IDisposable
{
    public WatchedPipe()
        : this(new EpollLoop())
    {
        OwnsLoop = true;
    }

    public WatchedPipe(EpollLoop loop)
    {
        Loop = loop;
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        Pipe.SetNonBlocking(reader);
        Pipe.SetNonBlocking(writer);
        Reader = new AsyncDescriptor(reader, loop);
        Writer = new AsyncDescriptor(writer, loop);
    }

    public EpollLoop Loop { get; }

    public AsyncDescriptor Reader { get; }

    public AsyncDescriptor Writer { get; }

    private bool OwnsLoop { get; }

    /// <summary>Writes until nothing fits any more.</summary>
    public int Fill()
    {
        byte[] block = new byte[65536];
        int total = 0;
        for (Transfer t = Writer.TryWrite(block); t.Status == TransferStatus.Moved; t = Writer.TryWrite(block))
        {
            total += t.Count;
        }

        return total;
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
        if (OwnsLoop)
        {
            Loop.Dispose();
        }
    }
}
