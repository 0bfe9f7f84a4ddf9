using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Opens granted directories.</summary>
internal static class OpenDirectory
{
    /// <summary>Opens a directory for reading its names.</summary>
    /// <param name="target">It, opened with O_PATH.</param>
    /// <param name="path">Its path, for the error.</param>
    /// <exception cref="OperationException">It is none.</exception>
    public static SafeFileHandle ForReading(SafeFileHandle target, KernelPath path) =>
        FileStatus.Of(target).Kind == FileKind.Directory
            ? ProcDescriptor.Reopen(target, LibC.O_RDONLY | LibC.O_DIRECTORY)
            : throw new OperationException(
                ErrorCode.Conflict, $"{path} is not a directory.", new ErrorDetail("file", "path", Errno: "ENOTDIR"));
}
