using System.Buffers;

namespace GuestAgent.Network;

/// <summary>The device of an interface, as sysfs has it: what a host finds the card by.</summary>
/// <param name="Driver">Name of its driver, such as <c>virtio_net</c>; null for none.</param>
/// <param name="BusAddress">Where it is, such as <c>0000:01:00.0</c> on a PCI bus; null for none.</param>
/// <remarks>https://docs.kernel.org/admin-guide/sysfs-rules.html</remarks>
internal readonly record struct InterfaceDevice(string? Driver, string? BusAddress)
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Looks at an interface.</summary>
    /// <param name="name">Its name.</param>
    public static InterfaceDevice Of(string name) => Of("/sys/class/net", name);

    /// <summary>Likewise, below another directory.</summary>
    public static InterfaceDevice Of(string directory, string name)
    {
        string device = $"{directory}/{name}/device";
        return TargetOf(device) is { } target
            ? new InterfaceDevice(Last(TargetOf(device + "/driver")), Address(target))
            : default;
    }

    // A virtio device is on a bus of its own; what a host knows is the PCI device that carries it.
    private static string? Address(string path)
    {
        string[] names = path.Split('/');
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (IsPci(names[i]))
            {
                return names[i];
            }
        }

        return names[^1];
    }

    // DOMAIN:BUS:DEVICE.FUNCTION
    private static bool IsPci(ReadOnlySpan<char> name) =>
        name.Length >= 12 && name[^2] == '.' && name[^5] == ':' && name[^8] == ':'
        && !name[..^8].ContainsAnyExcept(Hexadecimal)
        && !name[^7..^5].ContainsAnyExcept(Hexadecimal)
        && !name[^4..^2].ContainsAnyExcept(Hexadecimal);

    private static string? Last(string? path) => path?[(path.LastIndexOf('/') + 1)..];

    private static string? TargetOf(string link)
    {
        try
        {
            return Directory.ResolveLinkTarget(link, returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // Gone, as a card may be taken out, or not there, as in a container without sysfs.
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
