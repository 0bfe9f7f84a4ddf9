using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Paths;

namespace GuestAgent.Warnings;

/// <summary>An entry of <c>read_paths</c> or <c>write_paths</c>: as it is written, and where it leads.</summary>
internal readonly struct Tree
{
    private readonly string[] _names;

    /// <summary>Looks where an entry leads.</summary>
    public Tree(string entry) => _names = Names(entry);

    /// <summary>True when a place is in it, by the place's own path or by where that leads.</summary>
    public bool Holds(string place) => AnyWithin(Names(place), _names);

    /// <summary>True when a place is in it, or a link or directory that decides where the place's path leads.</summary>
    public bool HoldsWayTo(string place) => Holds(place) || AnyWithin([.. PathChain.Places(place)], _names);

    /// <summary>True when it is in a place.</summary>
    public bool IsWithin(string place) => AnyWithin(_names, Names(place));

    /// <summary>The first few of a list of places.</summary>
    public static string Some(string[] places) =>
        string.Join(", ", places.Take(3)) + (places.Length > 3 ? $" and {places.Length - 3} more" : "");

    private static bool AnyWithin(string[] places, string[] trees) => Array.Exists(
        places,
        place => Array.Exists(
            trees, tree => KernelPath.IsWithin(Encoding.UTF8.GetBytes(place), Encoding.UTF8.GetBytes(tree))));

    private static string[] Names(string path)
    {
        string written = path.Length > 1 ? path.TrimEnd('/') : path;
        return RealPath.Of(path) is { } real && real != written ? [written, real] : [written];
    }
}
