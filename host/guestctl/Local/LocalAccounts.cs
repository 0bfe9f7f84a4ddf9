using System.Globalization;

namespace GuestAgent.Cli.Local;

/// <summary>Users or groups of this host by number and name, as passwd(5) and group(5) have them.</summary>
internal sealed class LocalAccounts
{
    private readonly Dictionary<uint, string> _names = [];
    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);

    /// <summary>Reads a file; one that cannot be read names nobody.</summary>
    /// <param name="file"><c>/etc/passwd</c> or <c>/etc/group</c>.</param>
    public LocalAccounts(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines = [];
        }

        foreach (string line in lines)
        {
            // Both have name, password and number in front.
            if (line.Split(':') is [{ Length: > 0 } name, _, var number, ..]
                && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                _names.TryAdd(id, name);
                _numbers.TryAdd(name, id);
            }
        }
    }

    /// <summary>Users.</summary>
    public static LocalAccounts Users() => new("/etc/passwd");

    /// <summary>Groups.</summary>
    public static LocalAccounts Groups() => new("/etc/group");

    /// <summary>The name of a number; null when it has none.</summary>
    public string? Name(uint id) => _names.GetValueOrDefault(id);

    /// <summary>The number here of an account of a guest: of its name, or else the same.</summary>
    /// <param name="name">Its name in the guest; null when it has none.</param>
    /// <param name="id">Its number in the guest.</param>
    /// <returns>Null when the guest tells a number that there cannot be.</returns>
    public uint? Number(string? name, long id) =>
        name is not null && _numbers.TryGetValue(name, out uint here) ? here
        : id is >= 0 and < uint.MaxValue ? (uint)id
        : null;
}
