using GuestAgent.Contracts.Info;

namespace GuestAgent.Cli.Output;

/// <summary>A part of the network in the words of ip(8).</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Interface">The interface that alone is asked for; null for all.</param>
internal sealed record NetworkPart(string Name, string? Interface)
{
    private static readonly string[] Shows = ["show", "list", "lst"];

    /// <summary>What can be shown.</summary>
    public static IReadOnlyList<string> Names { get; } = ["addr", "link", "route", "dns"];

    /// <summary>What is shown when nothing is asked for.</summary>
    public static NetworkPart Usual { get; } = new(Names[0], null);

    /// <summary>Reads <c>OBJECT [show] [[dev] INTERFACE]</c>, where the beginning of a word will do.</summary>
    /// <param name="words">The words.</param>
    /// <param name="fault">What is wrong with them; null when nothing is.</param>
    public static NetworkPart Parse(string[] words, out string? fault)
    {
        fault = null;
        if (words is [])
        {
            return Usual;
        }

        string? name = words[0] is "address" ? Names[0] : Names.FirstOrDefault(one => Begins(words[0], one));
        if (name is null)
        {
            fault = $"{words[0]}: not known here; what to show is one of {string.Join(", ", Names)}";
            return Usual;
        }

        ReadOnlySpan<string> rest = words.AsSpan(1);
        rest = rest is [{ } show, ..] && (show == "ls" || Shows.Any(one => Begins(show, one))) ? rest[1..] : rest;
        rest = rest is ["dev", _, ..] ? rest[1..] : rest;
        if (rest.Length > 1)
        {
            fault = $"{rest[1]}: not known here; behind {name} is show, and an interface";
        }
        else if (rest.Length == 1 && name == "dns")
        {
            fault = $"{rest[0]}: not known here; name servers are those of all interfaces";
        }

        return new NetworkPart(name, rest is [{ } one, ..] ? one : null);
    }

    /// <summary>The network with this interface alone.</summary>
    /// <exception cref="NoInputException">There is none of that name.</exception>
    public NetworkInfo Of(NetworkInfo network) => Interface is null
        ? network
        : network.Interfaces.Any(link => link.Name == Interface)
            ? network with
            {
                Interfaces = [.. network.Interfaces.Where(link => link.Name == Interface)],
                Routes = [.. network.Routes.Where(route => route.Interface == Interface)],
            }
            : throw new NoInputException($"there is no interface {Interface} in the guest");

    private static bool Begins(string word, string whole) => word.Length > 0 && whole.StartsWith(word, StringComparison.Ordinal);
}
