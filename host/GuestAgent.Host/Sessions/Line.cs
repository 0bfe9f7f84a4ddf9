using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// A message rendered to the line that is written, before it is queued: the caller's objects are free again. In pooled
/// memory, which whoever wrote it gives back; a line that is never written is garbage.
/// </summary>
internal sealed class Line : IBufferWriter<byte>
{
    private const int UsualBytes = 512;

    private byte[] _memory;

    private Line(int sizeHint) => _memory = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, UsualBytes));

    /// <summary>Bytes of the line, its end included.</summary>
    public int Length { get; private set; }

    /// <summary>The line with its end. Valid until <see cref="Return"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _memory.AsMemory(0, Length);

    /// <summary>A request, or a notification when <paramref name="id"/> is null.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="method">Its name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="shape">Their JSON shape.</param>
    /// <param name="sizeHint">About how long it will be, where that is much; saves copying.</param>
    /// <param name="traceParent">What the host does this for, by Trace Context; null for nothing.</param>
    public static Line Call<T>(
        CallId? id, string method, T parameters, JsonTypeInfo<T> shape, int sizeHint = 0, string? traceParent = null)
    {
        var line = new Line(sizeHint);
        using var writer = new JsonRpcWriter();
        writer.WriteCall(line, id, method, parameters, shape, traceParent);
        return line;
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _memory.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Gives the memory back.</summary>
    public void Return()
    {
        byte[] memory = _memory;
        _memory = [];
        Length = 0;
        ArrayPool<byte>.Shared.Return(memory);
    }

    private void MakeRoom(int sizeHint)
    {
        int room = Math.Max(sizeHint, 1);
        if (_memory.Length - Length >= room)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_memory.Length * 2, Length + room));
        _memory.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_memory);
        _memory = larger;
    }
}
