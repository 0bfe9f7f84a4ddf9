using GuestAgent.Cli.Paths;

namespace GuestAgent.Cli.Copying;

/// <summary>One end of a copy.</summary>
/// <param name="IsGuest">True in the guest.</param>
/// <param name="Path">The path there, as the user wrote it; <c>-</c> on this host is a standard stream.</param>
internal readonly record struct CopyEnd(bool IsGuest, string Path)
{
    private const string Stream = "-";

    /// <summary>True for standard input or output.</summary>
    public bool IsStream => !IsGuest && Path == Stream;

    /// <summary>Reads an end: <c>:/path</c> in the guest, anything else here.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="fault">What is wrong with it; null when nothing is.</param>
    public static CopyEnd Parse(string text, out string? fault)
    {
        if (!text.StartsWith(GuestPath.Mark))
        {
            fault = text.Length == 0 ? "a path is not empty" : null;
            return new CopyEnd(IsGuest: false, text);
        }

        string path = GuestPath.Unmarked(text);
        fault = GuestPath.Fault(path);
        return new CopyEnd(IsGuest: true, path);
    }
}
