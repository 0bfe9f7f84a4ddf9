using System.CommandLine;

namespace GuestAgent.Cli.Paths;

/// <summary>An argument that is one or more paths in the guest.</summary>
internal sealed class GuestPathsArgument : Argument<string[]>
{
    /// <summary>Creates the argument.</summary>
    /// <param name="description">What the paths are for.</param>
    public GuestPathsArgument(string description)
        : base("PATH")
    {
        Description = description;
        Arity = ArgumentArity.OneOrMore;
        CustomParser = static result => [.. result.Tokens.Select(token => GuestPathArgument.Read(result, token.Value))];
    }
}
