using System.Buffers;
using GuestAgent.Contracts.Files;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Sessions;

/// <summary>A message as it came, and the pooled memory that it lives in.</summary>
/// <param name="Message">The message; of no use after <see cref="Return"/>.</param>
/// <param name="Memory">Its memory; null when that is not pooled.</param>
/// <param name="Body">What came behind it, in memory of its own that <see cref="Return"/> leaves alone; null for nothing.</param>
internal readonly record struct IncomingMessage(JsonRpcMessage Message, byte[]? Memory, FileContent? Body = null)
{
    /// <summary>Gives the memory back, once. Not doing so costs garbage, nothing else.</summary>
    public void Return()
    {
        if (Memory is not null)
        {
            ArrayPool<byte>.Shared.Return(Memory);
        }
    }
}
