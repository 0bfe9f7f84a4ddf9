using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// The six ends of a child's standard streams. The child's ends are closed after the spawn, when it has its copies: as
/// long as the agent held one, the pipe would never end.
/// </summary>
internal sealed class ChildStreams : IDisposable
{
    private readonly SafeHandle _nullDevice;
    private readonly SafeHandle[] _childEnds;
    private readonly AsyncDescriptor?[] _agentEnds = new AsyncDescriptor?[3];

    public ChildStreams(ChildStart start, SafeHandle nullDevice, EpollLoop loop)
    {
        _nullDevice = nullDevice;
        _childEnds = [nullDevice, nullDevice, nullDevice];
        try
        {
            ReadOnlySpan<ChildStream> kinds = [start.Stdin, start.Stdout, start.Stderr];
            for (int stream = 0; stream < kinds.Length; stream++)
            {
                if (kinds[stream] == ChildStream.Pipe)
                {
                    Open(stream, loop);
                }
            }
        }
        catch
        {
            CloseChildEnds();
            Dispose();
            throw;
        }
    }

    /// <summary>What the child gets as 0, 1 and 2.</summary>
    public ReadOnlySpan<SafeHandle> ChildEnds => _childEnds;

    /// <summary>Writes to the child; null unless it is a pipe.</summary>
    public AsyncDescriptor? Stdin => _agentEnds[0];

    /// <summary>The child's output; null unless it is a pipe.</summary>
    public AsyncDescriptor? Stdout => _agentEnds[1];

    /// <summary>The child's error output; null unless it is a pipe.</summary>
    public AsyncDescriptor? Stderr => _agentEnds[2];

    /// <summary>Hands an end over for good; null where it is none, or was handed over before.</summary>
    public AsyncDescriptor? Take(int stream) => Interlocked.Exchange(ref _agentEnds[stream], null);

    /// <summary>Closes what only the child needs.</summary>
    public void CloseChildEnds()
    {
        foreach (SafeHandle end in _childEnds)
        {
            if (end != _nullDevice)
            {
                end.Dispose();
            }
        }
    }

    /// <summary>Closes the agent's ends.</summary>
    public void Dispose()
    {
        foreach (AsyncDescriptor? end in _agentEnds)
        {
            end?.Dispose();
        }
    }

    private void Open(int stream, EpollLoop loop)
    {
        (SafeFileHandle reader, SafeFileHandle writer) = Pipe.Open();
        bool input = stream == 0;
        _childEnds[stream] = input ? reader : writer;
        SafeFileHandle agentEnd = input ? writer : reader;
        Pipe.SetNonBlocking(agentEnd);
        _agentEnds[stream] = new AsyncDescriptor(agentEnd, loop);
    }
}
