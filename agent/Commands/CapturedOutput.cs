using System.Buffers;
using GuestAgent.Memory;

namespace GuestAgent.Commands;

/// <summary>Keeps the beginning of an output and counts the rest.</summary>
/// <param name="maxBytes">How much of it, where there is memory for that.</param>
/// <param name="memory">Counts what is kept; null where nobody counts.</param>
internal sealed class CapturedOutput(int maxBytes, ICallMemory? memory = null) : IOutputSink
{
    // Kept whatever others hold.
    private const int UncountedBytes = 4 * 1024;

    // The buffer doubles, the result has it as text, and the answer as JSON.
    private const int BytesForOne = 8;

    private readonly ArrayBufferWriter<byte> _kept = new();
    private int _most = Math.Min(UncountedBytes, maxBytes);
    private bool _cutOff;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Kept => _kept.WrittenMemory;

    /// <inheritdoc/>
    public long TotalBytes { get; private set; }

    /// <inheritdoc/>
    public bool Truncated => _cutOff || TotalBytes > _kept.WrittenCount;

    /// <inheritdoc/>
    public ValueTask<int> ReserveAsync(int wanted, CancellationToken cancellationToken) => new(wanted);

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        MakeRoom(data.Length);
        Keep(data.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes memory for bytes that are to be kept. Under no lock that others need.</summary>
    /// <param name="bytes">How many.</param>
    public void MakeRoom(int bytes)
    {
        long wanted = Math.Min(maxBytes, (long)_kept.WrittenCount + bytes);
        while (Volatile.Read(ref _most) is var most && most < wanted)
        {
            int more = Math.Min(most, maxBytes - most);
            if (memory?.TryTake((long)more * BytesForOne) == false)
            {
                return;
            }

            Interlocked.Add(ref _most, more);
        }
    }

    /// <summary>Counts bytes, and keeps what there is room for.</summary>
    public void Keep(ReadOnlySpan<byte> data)
    {
        TotalBytes += data.Length;
        // Two outputs that are kept as one may have made the same room, and more than there may be.
        int room = Math.Min(data.Length, Math.Min(_most, maxBytes) - _kept.WrittenCount);
        if (room > 0)
        {
            _kept.Write(data[..room]);
        }
    }

    /// <inheritdoc/>
    public void Release(int unused)
    {
        // Room for what is counted and dropped never runs out.
    }

    /// <inheritdoc/>
    public void CutOff() => _cutOff = true;
}
