using GuestAgent.Dispatch;

namespace GuestAgent.Sessions;

/// <summary>The parameters of a call as they came, which may be in memory that is gone when the call starts later.</summary>
internal interface ICallArguments : IArguments
{
    /// <summary>How long they are, in bytes of their message; 0 where they are an object already.</summary>
    int Length { get; }

    /// <summary>Bytes that are counted for them already.</summary>
    int HeldBytes { get; }

    /// <summary>Bytes that the call takes from its start to its answer.</summary>
    /// <param name="isBytes">Whether what is long in them never becomes text.</param>
    long Cost(bool isBytes);

    /// <summary>Keeps them until <see cref="Release"/>.</summary>
    /// <returns>False when there is no memory for that.</returns>
    bool TryHold();

    /// <summary>Gives back what <see cref="TryHold"/> took; they cannot be read any more.</summary>
    void Release();
}
