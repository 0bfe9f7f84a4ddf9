using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Accounts;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// What the agent tells its launcher, in an anonymous file: argv and environment would show it to every user of the
/// guest, a pipe could fill up. Numbers of four bytes, then C strings that the launcher uses where they lie.
/// </summary>
internal static class LaunchSpecification
{
    /// <summary>
    /// Numbers before the list of groups: uid, gid, how many groups, arguments and variables follow, the flags, and the
    /// descriptor of the working directory, 0 for none.
    /// </summary>
    public const int HeaderNumbers = 7;

    /// <summary>Flag: become the user of the header.</summary>
    public const uint SwitchesUser = 1;

    /// <summary>Flag: give up privileges, and for good.</summary>
    public const uint GivesUpPrivileges = 2;

    /// <summary>Strings before the arguments: the cgroup.procs file or nothing, the working directory, the program.</summary>
    public const int LeadingStrings = 3;

    /// <summary>What the launcher gets besides, in this order: the working directory and the program, as far as they are held.</summary>
    public static SafeHandle[] Held(ChildStart start)
    {
        List<SafeHandle> held = [];
        if (start.HeldDirectory is { } directory)
        {
            held.Add(directory);
        }

        if (start.HeldProgram is { } program)
        {
            held.Add(program);
        }

        return [.. held];
    }

    /// <summary>Serialises a start.</summary>
    /// <param name="start">A start with an account or a confinement.</param>
    /// <param name="cgroup">Where the launcher shall move itself first.</param>
    /// <param name="firstHeld">The number of the first descriptor of <see cref="Held"/>.</param>
    public static byte[] Encode(ChildStart start, CommandCgroup? cgroup, int firstHeld)
    {
        Account? account = start.Account;
        IReadOnlyList<uint> groups = account?.SupplementaryGroups ?? [];
        List<uint> numbers =
        [
            account?.UserId ?? 0,
            account?.GroupId ?? 0,
            (uint)groups.Count,
            (uint)start.Arguments.Count,
            (uint)start.Environment.Count,
            Flags(start),
            start.HeldDirectory is null ? 0u : (uint)firstHeld,
            .. groups,
        ];
        string[] strings =
        [
            cgroup?.ProcessesFile ?? "",
            start.WorkingDirectory,
            start.HeldProgram is null ? start.FileName : ProcDescriptor.NameOf(firstHeld + Held(start).Length - 1),
            .. start.Arguments,
            .. start.Environment,
        ];
        byte[] bytes = new byte[(numbers.Count * sizeof(uint)) + strings.Sum(s => Encoding.UTF8.GetByteCount(s) + 1)];
        int offset = 0;
        foreach (uint number in numbers)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(offset), number);
            offset += sizeof(uint);
        }

        foreach (string text in strings)
        {
            offset += Encoding.UTF8.GetBytes(text, bytes.AsSpan(offset)) + 1;
        }

        return bytes;
    }

    // A command of the agent's own user is not touched, whether or not the rule names that user.
    private static uint Flags(ChildStart start)
    {
        bool limits = start.Confinement is not null || start.Account?.UserId != LibC.geteuid();
        return (start.Account is null ? 0 : SwitchesUser) | (limits && !start.NewPrivileges ? GivesUpPrivileges : 0);
    }

    /// <summary>An anonymous file with these bytes, to be read from its start by pread(2).</summary>
    public static unsafe SafeFileHandle ToFile(ReadOnlySpan<byte> bytes)
    {
        SafeFileHandle file = NativeMethods.memfd_create("launch", LibC.MFD_CLOEXEC).OrThrow("memfd_create");
        fixed (byte* start = bytes)
        {
            // SAFETY: the span is pinned. A file in memory takes it whole or not at all.
            if (NativeMethods.write(file, start, bytes.Length) != bytes.Length)
            {
                LinuxException failure = LinuxException.FromLastError("write to memfd");
                file.Dispose();
                throw failure;
            }
        }

        return file;
    }
}
