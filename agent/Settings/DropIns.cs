using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Settings;

/// <summary>The files beside a configuration file that add to it: <c>config.d/*.json</c> in its directory.</summary>
internal static class DropIns
{
    /// <summary>Name of their directory.</summary>
    public const string DirectoryName = "config.d";

    /// <summary>How their names end.</summary>
    public const string Ending = ".json";

    // More is a mistake, such as a directory of something else.
    private const int MostFiles = 256;

    /// <summary>Their directory.</summary>
    /// <param name="file">The configuration file.</param>
    public static string DirectoryOf(string file) => Path.Combine(Path.GetDirectoryName(file) ?? "/", DirectoryName);

    /// <summary>Lists them in the order of their names' bytes.</summary>
    /// <param name="file">The configuration file.</param>
    /// <returns>Their paths; none where there is no such directory.</returns>
    /// <exception cref="SettingsException">The directory cannot be read, or others could put files there.</exception>
    public static IReadOnlyList<string> Of(string file)
    {
        string path = DirectoryOf(file);
        using SafeFileHandle directory = NativeMethods.open(path, LibC.O_RDONLY | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        if (directory.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno == Errno.ENOENT ? [] : throw Fault(path, $"cannot be read: {new LinuxException(path, errno).Message}");
        }

        SettingsFile.CheckOwner(FileStatus.Of(directory), path);
        List<string> names = [];
        try
        {
            using var reader = new DirectoryReader(directory);
            while (reader.Fetch())
            {
                while (reader.TryTake(out ReadOnlySpan<byte> name))
                {
                    // As in a shell, what begins with a dot is not meant.
                    if (name.EndsWith(".json"u8) && name[0] != (byte)'.')
                    {
                        names.Add(Encoding.UTF8.GetString(name));
                    }
                }
            }
        }
        catch (LinuxException e)
        {
            throw Fault(path, $"cannot be read: {e.Message}");
        }

        if (names.Count > MostFiles)
        {
            throw Fault(path, $"has more than {MostFiles} files");
        }

        names.Sort(StringComparer.Ordinal);
        return names.ConvertAll(name => Path.Combine(path, name));
    }

    private static SettingsException Fault(string path, string message) => new([new SettingsFault("$", message, path)]);
}
