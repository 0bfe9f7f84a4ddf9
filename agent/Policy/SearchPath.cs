using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>Where a program that is named without a directory is looked up: what a login shell of root has.</summary>
internal static class SearchPath
{
    /// <summary>The directories, in order, with colons between them.</summary>
    public const string Text = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Paths that a name may stand for, in order.</summary>
    public static IEnumerable<(string Text, AbsolutePath Path)> PathsOf(string name)
    {
        foreach (string directory in Text.Split(':'))
        {
            string text = $"{directory}/{name}";
            if (AbsolutePath.TryParse(text, out AbsolutePath path) is null)
            {
                yield return (text, path);
            }
        }
    }
}
