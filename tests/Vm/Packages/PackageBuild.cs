using CliWrap;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The packages of this tree, and others of the same programs.</summary>
internal static class PackageBuild
{
    /// <summary>Gets the version that guests are upgraded from.</summary>
    public const string OlderVersion = "0.0.1";

    /// <summary>Gets the directory in which <c>make package</c> puts them.</summary>
    public static string Current
    {
        get
        {
            string directory = SourceFile.Find("artifacts", "packages");
            return Directory.Exists(directory)
                ? directory
                : throw new DirectoryNotFoundException($"no {directory}: run \"make package\"");
        }
    }

    /// <summary>Gives the one package whose file begins so.</summary>
    public static string Find(string directory, string start, string extension)
        => Directory.GetFiles(directory, $"{start}*.{extension}").Single();

    /// <summary>Packs the programs.</summary>
    /// <param name="programs">Directory of the programs.</param>
    /// <param name="output">Where the packages go.</param>
    /// <param name="environment">What the build is told besides.</param>
    public static Task RunAsync(string programs, string output, params (string Name, string? Value)[] environment) =>
        ProgramRun.OutputAsync(Cli.Wrap(SourceFile.Find("packaging", "build"))
            .WithArguments([programs, SourceFile.Find("artifacts", "debug"), output])
            .WithEnvironmentVariables(environment.ToDictionary(variable => variable.Name, variable => variable.Value)));
}
