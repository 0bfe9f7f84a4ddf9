using System.Runtime.InteropServices;

// Every P/Invoke of this assembly names its library in full and takes only blittable arguments and handles.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace GuestAgent.Linux.Native;

/// <summary>
/// The C library, in the kernel's own spelling and without policy: callers look at the result and at
/// <see cref="Marshal.GetLastPInvokeError"/>. Linked in statically, so nothing here may need dlopen or NSS.
/// </summary>
internal static unsafe partial class NativeMethods;
