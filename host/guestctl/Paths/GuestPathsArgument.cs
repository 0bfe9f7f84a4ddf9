using System.CommandLine;
using GuestAgent.Cli.Completion;

namespace GuestAgent.Cli.Paths;

/// <summary>An argument that is one or more paths in the guest.</summary>
internal sealed class GuestPathsArgument : Argument<string[]>
{
    /// <summary>Creates the argument.</summary>
    /// <param name="description">What the paths are for.</param>
    /// <param name="usual">The path when there is none; null when one is needed.</param>
    public GuestPathsArgument(string description, string? usual = null)
        : base("PATH")
    {
        Description = description;
        Arity = usual is null ? ArgumentArity.OneOrMore : ArgumentArity.ZeroOrMore;
        if (usual is not null)
        {
            DefaultValueFactory = _ => [usual];
        }

        CompletionSources.Add(GuestWords.Paths);
        CustomParser = static result => [.. result.Tokens.Select(token => GuestPathArgument.Read(result, token.Value))];
    }
}
