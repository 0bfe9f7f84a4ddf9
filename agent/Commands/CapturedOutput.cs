using System.Buffers;

namespace GuestAgent.Commands;

/// <summary>Keeps the beginning of an output and counts the rest.</summary>
internal sealed class CapturedOutput(int maxBytes) : IOutputSink
{
    private readonly ArrayBufferWriter<byte> _kept = new();
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
        Keep(data.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Counts bytes, and keeps what there is room for.</summary>
    public void Keep(ReadOnlySpan<byte> data)
    {
        TotalBytes += data.Length;
        int room = Math.Min(data.Length, maxBytes - _kept.WrittenCount);
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
