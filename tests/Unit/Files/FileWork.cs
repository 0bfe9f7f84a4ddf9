using System.Text;
using GuestAgent.Files;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Tests.Unit.Files;

/// <summary>A directory for files, another for the agent's state, and short ways to write.</summary>
internal sealed class FileWork : IDisposable
{
    private readonly TemporaryDirectory _directory;

    /// <summary>Makes them.</summary>
    /// <param name="parent">Where; where temporary files go by default.</param>
    public FileWork(string? parent = null)
    {
        _directory = new TemporaryDirectory(parent);
        Directory.CreateDirectory(Files);
        Names = NewNames();
    }

    /// <summary>Where files are written.</summary>
    public string Files => _directory["files"];

    /// <summary>The state directory.</summary>
    public string State => _directory["state"];

    /// <summary>Names of temporary files.</summary>
    public TemporaryNames Names { get; }

    /// <summary>Path of a file.</summary>
    public string this[string name] => Path.Combine(Files, name);

    /// <summary>Names in the directory of files, sorted.</summary>
    public IEnumerable<string> Entries =>
        Directory.GetFileSystemEntries(Files).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>Paths of all records of temporary files.</summary>
    public IEnumerable<string> Records =>
        Directory.Exists(State) ? Directory.GetFiles(State, "*", SearchOption.AllDirectories) : [];

    public static FileName Name(string name) => new(Encoding.UTF8.GetBytes(name));

    /// <summary>Another process's names, with the same state directory.</summary>
    public TemporaryNames NewNames() => new(State, NullLogger.Instance);

    /// <summary>The directory of files, as a grant would hold it.</summary>
    public SafeFileHandle Open() =>
        NativeMethods.open(Files, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0).OrThrow(Files);

    public NewFile Begin(string name, bool unnamed = true) => NewFile.Begin(Open(), Name(name), Names, unnamed);

    /// <summary>Writes a whole file.</summary>
    public void Write(string name, string content, NewFileAttributes? attributes = null, bool unnamed = true, bool replace = true)
    {
        using NewFile file = Begin(name, unnamed);
        file.Write(Encoding.UTF8.GetBytes(content), 0);
        file.Publish(attributes ?? new NewFileAttributes(), replace);
    }

    public void RemoveLeftOvers() => new LeftOverFiles(State, NullLogger.Instance).Remove();

    public void Dispose()
    {
        Names.Dispose();
        _directory.Dispose();
    }
}
