using System.Globalization;
using GuestAgent.Contracts.Files;

namespace GuestAgent.Cli.Output;

/// <summary>Words for what stat(2) tells.</summary>
internal static class FileWords
{
    private const int AllBits = 0xFFF;
    private const int SetUser = 0x800;
    private const int SetGroup = 0x400;
    private const int Sticky = 0x200;

    /// <summary>Type and permissions as <c>ls -l</c> shows them, such as <c>-rwxr-xr-x</c>.</summary>
    /// <param name="type">What kind of file it is.</param>
    /// <param name="permissions">The bits in octal, from the guest; question marks when they are not.</param>
    public static string Mode(FileType type, string permissions)
    {
        if (Bits(permissions) is not { } bits)
        {
            return Letter(type) + "?????????";
        }

        Span<char> text = stackalloc char[10];
        text[0] = Letter(type);
        for (int i = 0; i < 9; i++)
        {
            text[i + 1] = (bits & (1 << (8 - i))) != 0 ? "rwx"[i % 3] : '-';
        }

        Special(text, bits, SetUser, 3, 's');
        Special(text, bits, SetGroup, 6, 's');
        Special(text, bits, Sticky, 9, 't');
        return text.ToString();
    }

    /// <summary>Permission bits from octal text; null when it is none.</summary>
    public static int? Bits(string permissions)
    {
        int bits = 0;
        foreach (char digit in permissions)
        {
            if (digit is < '0' or > '7' || (bits = (bits * 8) + digit - '0') > AllBits)
            {
                return null;
            }
        }

        return permissions.Length == 0 ? null : bits;
    }

    /// <summary>A name if there is one, else the number.</summary>
    public static string Account(string? name, long id) => name ?? id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The type in words.</summary>
    public static string Type(FileType type) => type switch
    {
        FileType.File => "regular file",
        FileType.Directory => "directory",
        FileType.Symlink => "symbolic link",
        FileType.Fifo => "fifo",
        FileType.Socket => "socket",
        FileType.BlockDevice => "block device",
        _ => "character device",
    };

    private static char Letter(FileType type) => type switch
    {
        FileType.File => '-',
        FileType.Directory => 'd',
        FileType.Symlink => 'l',
        FileType.Fifo => 'p',
        FileType.Socket => 's',
        FileType.BlockDevice => 'b',
        _ => 'c',
    };

    private static void Special(Span<char> text, int bits, int bit, int at, char letter)
    {
        if ((bits & bit) != 0)
        {
            text[at] = text[at] == 'x' ? letter : char.ToUpperInvariant(letter);
        }
    }
}
