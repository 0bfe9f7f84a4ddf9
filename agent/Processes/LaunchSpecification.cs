using System.Text;
using GuestAgent.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Processes;

/// <summary>
/// What the agent tells its launcher, in an anonymous file: argv and environment would show it to every user of the
/// guest, a pipe could fill up. Numbers of four bytes, then C strings that the launcher uses where they lie.
/// </summary>
internal static class LaunchSpecification
{
    /// <summary>Numbers before the list of groups: uid, gid, and how many groups, arguments and variables follow.</summary>
    public const int HeaderNumbers = 5;

    /// <summary>Strings before the arguments: the cgroup.procs file or nothing, the working directory, the program.</summary>
    public const int LeadingStrings = 3;

    /// <summary>Serialises a start.</summary>
    /// <param name="start">A start with an account.</param>
    /// <param name="cgroup">Where the launcher shall move itself first.</param>
    public static byte[] Encode(ChildStart start, CommandCgroup? cgroup)
    {
        Account account = start.Account!;
        List<uint> numbers =
        [
            account.UserId,
            account.GroupId,
            (uint)account.SupplementaryGroups.Count,
            (uint)start.Arguments.Count,
            (uint)start.Environment.Count,
            .. account.SupplementaryGroups,
        ];
        string[] strings =
        [
            cgroup?.ProcessesFile ?? "",
            start.WorkingDirectory,
            start.FileName,
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

    /// <summary>An anonymous file with these bytes, to be read from its start by pread(2).</summary>
    public static unsafe SafeFileHandle ToFile(ReadOnlySpan<byte> bytes)
    {
        SafeFileHandle file = LibC.memfd_create("launch", LibC.MFD_CLOEXEC).OrThrow("memfd_create");
        fixed (byte* start = bytes)
        {
            // SAFETY: the span is pinned. A file in memory takes it whole or not at all.
            if (LibC.write(file, start, bytes.Length) != bytes.Length)
            {
                LinuxException failure = LinuxException.FromLastError("write to memfd");
                file.Dispose();
                throw failure;
            }
        }

        return file;
    }
}
