using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Wire;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The parameters of a request, in the memory of the line that it came in.</summary>
/// <param name="message">The request.</param>
/// <param name="line">The copy that they are in; null where they are in the transport's memory.</param>
/// <param name="memory">Counts a copy.</param>
internal sealed class JsonArguments(in JsonRpcMessage message, ReceivedLine? line, MemoryShare memory) : ICallArguments
{
    private readonly int _values = message.ParamsValues;

    // Kept as text for the call's record.
    private readonly int _traceBytes = (message.Trace?.Length ?? 0) * sizeof(char);

    private ReadOnlyMemory<byte> _json = message.Params;
    private ReceivedLine? _line = line;

    /// <inheritdoc/>
    public int Length => _json.Length;

    /// <inheritdoc/>
    public int HeldBytes => _line?.Memory.Length ?? 0;

    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class => JsonParameters.Read(_json, shape, "params");

    /// <inheritdoc/>
    public long Cost(bool isBytes) => MessageCost.Of(_json.Length, _values, isBytes) + _traceBytes;

    /// <inheritdoc/>
    public bool TryHold()
    {
        if (_line is not null)
        {
            _line.Hold();
            return true;
        }

        _line = ReceivedLine.TryCopy(new ReadOnlySequence<byte>(_json), memory);
        _json = _line?.Memory ?? _json;
        return _line is not null;
    }

    /// <inheritdoc/>
    public void Release()
    {
        _line?.Release();
        (_line, _json) = (null, default);
    }
}
