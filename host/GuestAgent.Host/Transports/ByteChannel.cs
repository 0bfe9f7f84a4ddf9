using System.IO.Pipelines;

namespace GuestAgent.Host.Transports;

/// <summary>
/// The two directions of a channel to an agent and how it is ended. There is no half-close: QEMU takes that for the
/// end.
/// </summary>
internal sealed class ByteChannel
{
    // A read from a local socket gives what is there; this much makes a large reply few reads.
    private const int ReadBytes = 64 * 1024;

    private readonly object _owner;

    private ByteChannel(PipeReader input, PipeWriter output, object owner)
    {
        Input = input;
        Output = output;
        _owner = owner;
    }

    /// <summary>Bytes from the agent.</summary>
    public PipeReader Input { get; }

    /// <summary>Bytes to the agent.</summary>
    public PipeWriter Output { get; }

    /// <summary>A channel over a stream, which it owns from now on.</summary>
    public static ByteChannel Over(Stream stream) => new(
        PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true)),
        PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true)),
        stream);

    /// <summary>A channel over a pair of pipes, which it owns from now on.</summary>
    public static ByteChannel Over(IDuplexPipe pipe) => new(pipe.Input, pipe.Output, pipe);

    /// <summary>Closes what lies below, so that a read or write under way ends.</summary>
    public async ValueTask AbortAsync()
    {
        if (_owner is IAsyncDisposable owner)
        {
            await owner.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (_owner as IDisposable)?.Dispose();
        }
    }

    /// <summary>Returns the buffers. Nobody may read or write any more.</summary>
    /// <param name="cause">Why bytes not yet sent are dropped; null when all were sent.</param>
    public void Complete(Exception? cause)
    {
        Input.Complete();
        Output.Complete(cause);
    }
}
