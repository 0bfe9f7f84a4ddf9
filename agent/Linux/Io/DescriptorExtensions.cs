using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Io;

/// <summary>Turns the "-1 and errno" of calls that make a descriptor into an exception.</summary>
internal static class DescriptorExtensions
{
    public static SafeFileHandle OrThrow(this SafeFileHandle descriptor, string action)
    {
        if (!descriptor.IsInvalid)
        {
            return descriptor;
        }

        LinuxException failure = LinuxException.FromLastError(action);
        descriptor.Dispose();
        throw failure;
    }
}
