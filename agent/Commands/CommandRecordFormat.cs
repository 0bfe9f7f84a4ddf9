using System.Globalization;
using System.Text;
using GuestAgent.Linux;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;

namespace GuestAgent.Commands;

/// <summary>
/// The file that says which commands an agent has running: a head, which tells whether process numbers in it can mean
/// anything to its reader, and from a fixed offset on places of a fixed size, each for one command or blank. It outlives the
/// agent, and need not outlive the guest: it is never synced.
/// </summary>
internal static class CommandRecordFormat
{
    /// <summary>Size of a place in bytes.</summary>
    public const int PlaceBytes = 64;

    /// <summary>Most places that are read: as many as there can be commands.</summary>
    public const int MostPlaces = 1024;

    private const int HeadBytes = 4096;

    /// <summary>What a place without a command holds.</summary>
    public static byte[] Blank { get; } = Padded("", PlaceBytes);

    /// <summary>Where a place begins in the file.</summary>
    public static long OffsetOf(int place) => HeadBytes + ((long)place * PlaceBytes);

    /// <summary>The head: this boot, this process's namespace of process numbers, and its cgroup.</summary>
    /// <param name="cgroup">Directory that the commands' cgroups are made in; null for none.</param>
    public static byte[] Head(string? cgroup) =>
        Encoding.UTF8.GetByteCount(Scope) + Encoding.UTF8.GetByteCount(cgroup ?? "") + 2 < HeadBytes
            ? Padded($"{Scope}\n{cgroup}", HeadBytes)
            : Padded(Scope + "\n", HeadBytes);

    /// <summary>A place with a command.</summary>
    public static byte[] Place(RecordedCommand command) => Padded(
        string.Create(CultureInfo.InvariantCulture, $"{command.Pid} {command.NotBefore} {command.SeenAt} {command.Cgroup}"),
        PlaceBytes);

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its path.</param>
    /// <returns>The commands; none when their numbers are of another boot or another namespace.</returns>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static IReadOnlyList<RecordedCommand> Read(string file)
    {
        List<RecordedCommand> commands = [];
        if (SmallFile.TryRead(file, HeadBytes + (MostPlaces * PlaceBytes)) is not { Length: > HeadBytes } bytes)
        {
            return commands;
        }

        string[] head = Encoding.UTF8.GetString(bytes.Span[..HeadBytes]).Split('\n');
        if (head is not [var scope, var parent, ..] || scope != Scope)
        {
            return commands;
        }

        parent = parent.TrimEnd(' ');
        for (int offset = HeadBytes; offset + PlaceBytes <= bytes.Length; offset += PlaceBytes)
        {
            if (TryParse(Encoding.UTF8.GetString(bytes.Span.Slice(offset, PlaceBytes)), parent) is { } command)
            {
                commands.Add(command);
            }
        }

        return commands;
    }

    private static string Scope =>
        $"boot {MachineIds.BootId} {new FileInfo("/proc/self/ns/pid").LinkTarget ?? "-"}";

    private static RecordedCommand? TryParse(string place, string parent) =>
        place.TrimEnd('\n').Split(' ') is [var pid, var notBefore, var seenAt, var cgroup, ..]
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 1
        && long.TryParse(notBefore, NumberStyles.None, CultureInfo.InvariantCulture, out long from)
        && long.TryParse(seenAt, NumberStyles.None, CultureInfo.InvariantCulture, out long seen)
            ? new RecordedCommand(number, from, seen, IsName(cgroup) && parent.StartsWith('/') ? $"{parent}/{cgroup}" : "")
            : null;

    private static bool IsName(string text) => text is not ("" or "." or "..") && !text.Contains('/', StringComparison.Ordinal);

    private static byte[] Padded(string text, int length)
    {
        byte[] bytes = new byte[length];
        bytes.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(text, bytes);
        bytes[^1] = (byte)'\n';
        return bytes;
    }
}
