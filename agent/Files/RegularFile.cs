using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>A granted file, open for reading.</summary>
/// <param name="Handle">The file; disposed with this.</param>
/// <param name="Status">What it was when it was opened.</param>
internal readonly record struct RegularFile(SafeFileHandle Handle, FileStatus Status) : IDisposable
{
    /// <summary>
    /// Opens what was granted. Nothing but a regular file: opening a device may do something, and a pipe wait for ever.
    /// </summary>
    /// <exception cref="OperationException">It is none.</exception>
    /// <exception cref="LinuxException">The agent may not read it.</exception>
    public static RegularFile Open(ReadGrant grant)
    {
        FileStatus status = FileStatus.Of(grant.Target);
        if (!status.IsRegularFile)
        {
            throw new OperationException(
                ErrorCode.Conflict, $"{grant.Path} is not a regular file.", new ErrorDetail("file", "path"));
        }

        return new RegularFile(
            ProcDescriptor.Reopen(grant.Target, LibC.O_RDONLY | LibC.O_NONBLOCK | LibC.O_NOCTTY), status);
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
