using System.Globalization;
using System.Text;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>The cgroup of one command, whichever agent has made it. Every failure here is silent.</summary>
/// <param name="path">Its directory.</param>
internal class ForeignCgroup(string path)
{
    /// <summary>Its directory.</summary>
    public string Path { get; } = path;

    /// <summary>The file that takes the number of a process to move.</summary>
    public string ProcessesFile => Path + "/cgroup.procs";

    /// <summary>Kills all members at once, those being forked included. False before Linux 5.14.</summary>
    /// <remarks>https://docs.kernel.org/admin-guide/cgroup-v2.html, "cgroup.kill"</remarks>
    public bool TryKill() => TryWrite(Path + "/cgroup.kill", "1");

    /// <summary>Removes the directory; false while anything lives in it.</summary>
    public bool TryRemove() => NativeMethods.rmdir(Path) == 0 || !Directory.Exists(Path);

    /// <summary>The numbers of its members at this moment.</summary>
    public IReadOnlyList<int> Members()
    {
        try
        {
            return Array.ConvertAll(
                File.ReadAllLines(ProcessesFile), line => int.Parse(line, CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // Removed: nobody is in it.
            return [];
        }
    }

    internal static unsafe bool TryWrite(string path, string text)
    {
        using SafeFileHandle file = NativeMethods.open(path, LibC.O_WRONLY | LibC.O_CLOEXEC, 0);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            // SAFETY: the array is pinned.
            return !file.IsInvalid && NativeMethods.write(file, start, bytes.Length) == bytes.Length;
        }
    }
}
