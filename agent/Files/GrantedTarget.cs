using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>What is at a granted place, for operations that make nothing.</summary>
internal static class GrantedTarget
{
    /// <summary>It, opened with O_PATH.</summary>
    /// <param name="grant">The place.</param>
    /// <param name="field">The parameter that names it.</param>
    /// <exception cref="Errors.OperationException">There is nothing.</exception>
    public static SafeFileHandle Required(this WriteGrant grant, string field = "path") =>
        grant.Target ?? throw FileFailure.Of(Errno.ENOENT, grant.Path.ToString(), field);
}
