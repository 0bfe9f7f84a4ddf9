using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <summary>
/// A Landlock domain that reads and executes what file permissions allow, and changes nothing outside of given places.
/// It holds for the thread that enters it and for all that this starts, and cannot be left.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man7/landlock.7.html</remarks>
internal sealed unsafe class Landlock : IDisposable
{
    // Before version 2 (Linux 5.19) no file in a domain can be renamed from one directory to another.
    private const int LowestVersion = 2;

    private const ulong WriteFile = 1 << 1;
    private const ulong Changes = 0x1FF0; // from REMOVE_DIR to MAKE_SYM
    private const ulong Refer = 1 << 13;
    private const ulong Truncate = 1 << 14; // version 3
    private const ulong DeviceControl = 1 << 15; // version 5
    private const ulong OfFiles = WriteFile | Truncate | DeviceControl;

    // Version 6: neither abstract Unix sockets nor signals reach anybody outside.
    private const ulong Scopes = 0b11;

    private readonly ulong _handled;
    private readonly SafeFileHandle _rules;

    private Landlock(ulong handled, SafeFileHandle rules)
    {
        _handled = handled;
        _rules = rules;
    }

    /// <summary>Whether this kernel has it, switched on, in a version that serves.</summary>
    public static bool IsAvailable => Version >= LowestVersion;

    private static int Version =>
        (int)NativeMethods.landlock_create_ruleset(null, 0, NativeMethods.LANDLOCK_CREATE_RULESET_VERSION);

    /// <summary>A domain in which nothing can be changed yet; null where the kernel has none.</summary>
    public static Landlock? TryCreate()
    {
        int version = Version;
        if (version < LowestVersion)
        {
            return null;
        }

        ulong handled = WriteFile | Changes | Refer
            | (version >= 3 ? Truncate : 0)
            | (version >= 5 ? DeviceControl : 0);
        NativeMethods.landlock_ruleset_attr attributes = new()
        {
            handled_access_fs = handled,
            scoped = version >= 6 ? Scopes : 0,
        };
        // SAFETY: a local structure of the size that is named.
        var rules = new SafeFileHandle(
            NativeMethods.landlock_create_ruleset(&attributes, (nuint)sizeof(NativeMethods.landlock_ruleset_attr), 0),
            ownsHandle: true);
        if (!rules.IsInvalid)
        {
            return new Landlock(handled, rules);
        }

        rules.Dispose();
        return null;
    }

    /// <summary>Lets everything be changed in a directory and below.</summary>
    /// <returns>False with the last error set.</returns>
    public bool TryAllowTree(SafeHandle directory) => TryAllow(directory, _handled);

    /// <summary>Lets one file or device be written.</summary>
    /// <returns>False with the last error set.</returns>
    public bool TryAllowFile(SafeHandle file) => TryAllow(file, _handled & OfFiles);

    /// <summary>Puts this thread into the domain; needs no_new_privs or CAP_SYS_ADMIN.</summary>
    /// <returns>False with the last error set.</returns>
    public bool TryEnter() => NativeMethods.landlock_restrict_self(_rules, 0) == 0;

    /// <inheritdoc/>
    public void Dispose() => _rules.Dispose();

    private bool TryAllow(SafeHandle place, ulong access)
    {
        bool held = false;
        try
        {
            place.DangerousAddRef(ref held);
            NativeMethods.landlock_path_beneath_attr rule = new()
            {
                allowed_access = access,
                parent_fd = (int)place.DangerousGetHandle(),
            };
            // SAFETY: a local structure; the reference keeps the descriptor open meanwhile.
            return NativeMethods.landlock_add_rule(_rules, NativeMethods.LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
        }
        finally
        {
            if (held)
            {
                place.DangerousRelease();
            }
        }
    }
}
