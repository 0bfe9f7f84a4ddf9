namespace GuestAgent.Host;

/// <summary>Why a transfer failed although the connection and the agent are well.</summary>
public enum TransferFailure
{
    /// <summary>The guest's file was changed while it was read; what came is of no one version.</summary>
    FileChanged = 0,

    /// <summary>What arrived does not have the SHA-256 that the guest computed.</summary>
    HashMismatch = 1,

    /// <summary>
    /// The agent does not know the upload any more, or has less of it than before, and the source cannot be read again from
    /// there. It was restarted, or the guest was set back to a snapshot.
    /// </summary>
    UploadLost = 2,

    /// <summary>The source is shorter than what the agent has of the upload: it is not the one that was begun with.</summary>
    SourceTooShort = 3,
}
