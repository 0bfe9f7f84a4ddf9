using System.Buffers;
using System.Text;
using GuestAgent.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// The name of what is there for a time only, a file that will have another name or none, or the directory of a program:
/// recorded from before it exists until this is disposed.
/// </summary>
internal sealed class TemporaryName : IDisposable
{
    private const string Prefix = ".guest-agent.";

    private const string Suffix = ".tmp";

    private const string DirectoryPrefix = "workload-";

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789abcdef"u8);

    private readonly SafeFileHandle? _records;

    /// <summary>A name that nobody else has or can guess.</summary>
    /// <param name="records">The directory that has its record, under the same name; null when there is none.</param>
    /// <param name="text">From <see cref="NewText"/>.</param>
    public TemporaryName(SafeFileHandle? records, string text)
    {
        _records = records;
        Name = new FileName(Encoding.ASCII.GetBytes(text));
    }

    /// <summary>The name.</summary>
    public FileName Name { get; }

    /// <summary>Makes one up.</summary>
    public static string NewText() => Prefix + RandomText.Create() + Suffix;

    /// <summary>Makes one up for the directory of a program, which sees it.</summary>
    public static string NewDirectoryText() => DirectoryPrefix + RandomText.Create();

    /// <summary>True when <paramref name="name"/> may have been made here.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> name) =>
        name.Length == Prefix.Length + RandomText.Length + Suffix.Length
        && name.StartsWith(".guest-agent."u8)
        && name.EndsWith(".tmp"u8)
        && !name[Prefix.Length..^Suffix.Length].ContainsAnyExcept(Digits);

    /// <summary>True when <paramref name="name"/> may have been made here for the directory of a program.</summary>
    public static bool IsOfProgram(ReadOnlySpan<byte> name) =>
        name.Length == DirectoryPrefix.Length + RandomText.Length
        && name.StartsWith("workload-"u8)
        && !name[DirectoryPrefix.Length..].ContainsAnyExcept(Digits);

    /// <summary>Forgets the record: nothing has the name any more.</summary>
    public void Dispose() => _ = _records?.TryRemove(Name, isDirectory: false);
}
