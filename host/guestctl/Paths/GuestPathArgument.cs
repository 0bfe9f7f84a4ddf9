using System.CommandLine;
using System.CommandLine.Parsing;
using GuestAgent.Cli.Completion;

namespace GuestAgent.Cli.Paths;

/// <summary>An argument that is a path in the guest.</summary>
internal sealed class GuestPathArgument : Argument<string>
{
    /// <summary>Creates the argument.</summary>
    /// <param name="name">Its name in the help.</param>
    /// <param name="description">What the path is for.</param>
    public GuestPathArgument(string name, string description)
        : base(name)
    {
        Description = description;
        CustomParser = static result => Read(result, result.Tokens[0].Value);
        CompletionSources.Add(GuestWords.Paths);
    }

    /// <summary>Reads one path, with or without the mark.</summary>
    public static string Read(ArgumentResult result, string text)
    {
        string path = GuestPath.Unmarked(text);
        if (GuestPath.Fault(path) is { } fault)
        {
            result.AddError($"{text}: {fault}");
        }

        return path;
    }
}
