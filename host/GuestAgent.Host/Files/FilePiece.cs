using GuestAgent.Contracts.Files;

namespace GuestAgent.Host.Files;

/// <summary>A piece of a file that has come. Disposing it gives its memory back.</summary>
/// <param name="Answer">What the agent says of it.</param>
/// <param name="Bytes">Its bytes, until it is disposed.</param>
internal sealed record FilePiece(FileReadResult Answer, ReadOnlyMemory<byte> Bytes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Answer.Content.Dispose();
}
