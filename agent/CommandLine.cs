using GuestAgent.Settings;

namespace GuestAgent;

/// <summary>What the agent's command line says.</summary>
/// <param name="Action">What to do.</param>
/// <param name="ConfigPath">The configuration file.</param>
/// <param name="IsStrict">Whether warnings count as faults.</param>
/// <param name="Error">What is wrong with the command line; null when nothing is.</param>
internal sealed record CommandLine(CommandLineAction Action, string ConfigPath, bool IsStrict = false, string? Error = null)
{
    /// <summary>Text of <c>--help</c>.</summary>
    public const string Help = """
        Usage: guest-agent [--config FILE] [--check [--strict] | --print-config | --schema | --version | --help]

        Serves hosts of this virtual machine as the configuration allows.

          --config FILE    configuration (default /etc/guest-agent/config.json)
          --check          read the configuration, print every fault and warning, serve nothing
          --strict         with --check: a warning is a fault
          --print-config   print the configuration in force, with all defaults
          --schema         print the JSON Schema of the configuration
          --version        print the version
          --help           print this text

        Exit status: 0 stopped by a signal, or nothing wrong; 64 wrong usage; 70 the agent failed;
        78 the configuration cannot be used.
        """;

    /// <summary>Reads the command line.</summary>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine(CommandLineAction.Serve, SettingsFile.DefaultPath);
        for (int i = 0; i < arguments.Count; i++)
        {
            (string name, string? value) = Split(arguments[i]);
            if (name == "--config")
            {
                value ??= ++i < arguments.Count ? arguments[i] : null;
                line = value is { Length: > 0 } ? line with { ConfigPath = value } : Wrong("--config needs a file");
            }
            else if (value is null && name == "--strict")
            {
                line = line with { IsStrict = true };
            }
            else if (value is null && ActionOf(name) is { } action)
            {
                line = line.Action is CommandLineAction.Serve or CommandLineAction.Help || line.Action == action
                    ? line with { Action = action }
                    : Wrong($"{name} goes with no other action");
            }
            else
            {
                return Wrong($"unknown argument {arguments[i]}");
            }

            if (line.Error is not null)
            {
                return line;
            }
        }

        return line.IsStrict && line.Action != CommandLineAction.Check ? Wrong("--strict goes with --check") : line;
    }

    private static CommandLineAction? ActionOf(string name) => name switch
    {
        "--check" => CommandLineAction.Check,
        "--print-config" => CommandLineAction.PrintConfig,
        "--schema" => CommandLineAction.Schema,
        "--version" => CommandLineAction.Version,
        "--help" or "-h" => CommandLineAction.Help,
        _ => null,
    };

    private static (string Name, string? Value) Split(string argument) =>
        argument.IndexOf('=', StringComparison.Ordinal) is var at and > 0
            ? (argument[..at], argument[(at + 1)..])
            : (argument, null);

    private static CommandLine Wrong(string error) =>
        new(CommandLineAction.Help, SettingsFile.DefaultPath, Error: error);
}
