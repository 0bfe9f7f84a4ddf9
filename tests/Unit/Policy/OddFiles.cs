using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy;

/// <summary>A directory whose name the tests could not write as text.</summary>
internal sealed class OddDirectory : IDisposable
{
    private readonly SafeFileHandle _parent;
    private readonly FileName _name;

    public OddDirectory(string parent, byte[] name)
    {
        _parent = NativeMethods.open(parent, LibC.O_RDONLY | LibC.O_CLOEXEC, 0).OrThrow("open");
        _name = new FileName(name);
        Assert.Equal(0, _parent.TryMakeDirectory(_name, 0x1ED));
        Path = [.. Encoding.UTF8.GetBytes(parent + "/"), .. name];
    }

    private byte[] Path { get; }

    /// <summary>Makes a link to it, which has a name that is text.</summary>
    public string ReachBy(string link)
    {
        Assert.Equal(0, FileCalls.symlink([.. Path, 0], Encoding.UTF8.GetBytes(link + "\0")));
        return link;
    }

    public void Dispose()
    {
        _parent.TryRemove(_name, isDirectory: true);
        _parent.Dispose();
    }
}

/// <summary>Directories in each other, deeper than a path can say.</summary>
internal sealed class DeepDirectory : IDisposable
{
    private readonly Stack<SafeFileHandle> _open = new();
    private readonly FileName _name;

    public DeepDirectory(string top, string name, int levels)
    {
        _name = new FileName(Encoding.UTF8.GetBytes(name));
        _open.Push(NativeMethods.open(top, LibC.O_PATH | LibC.O_CLOEXEC, 0).OrThrow("open"));
        Half = string.Concat(top, string.Concat(Enumerable.Repeat("/" + name, levels / 2)));
        for (int i = 0; i < levels; i++)
        {
            Assert.Equal(0, _open.Peek().TryMakeDirectory(_name, 0x1ED));
            Assert.Equal(0, _open.Peek().TryOpen(_name, LibC.O_PATH, 0, out SafeFileHandle next));
            _open.Push(next);
        }
    }

    /// <summary>Path of the directory half way down.</summary>
    public string Half { get; }

    public void Dispose()
    {
        _open.Pop().Dispose();
        while (_open.TryPop(out SafeFileHandle? directory))
        {
            directory.TryRemove(_name, isDirectory: true);
            directory.Dispose();
        }
    }
}

/// <summary>Makes second names.</summary>
internal static class HardLink
{
    public static void Make(string file, string name) => Assert.Equal(0, FileCalls.link(file, name));
}

/// <summary>Gives links away.</summary>
internal static class LinkOwner
{
    public static int Set(string link, uint user) => FileCalls.lchown(link, user, user);
}

internal static partial class FileCalls
{
    // Of the calling thread alone, unlike setuid.
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc")]
    internal static partial int setfsuid(uint user);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc")]
    internal static partial int symlink(byte[] target, byte[] link);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int link(string file, string name);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int lchown(string link, uint user, uint group);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string kind, nuint flags, nint data);

    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);
}
