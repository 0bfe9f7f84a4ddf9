using System.Text;
using System.Text.Json;
using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Init;
using GuestAgent.Linux;
using GuestAgent.Operations;
using GuestAgent.Processes;
using GuestAgent.Settings;

namespace GuestAgent;

/// <summary>Command line, configuration, exit status; nothing else.</summary>
internal static class Program
{
    // sysexits(3).
    private const int Usage = 64;
    private const int Software = 70;
    private const int Config = 78;

    private static async Task<int> Main(string[] arguments)
    {
        if (Launcher.IsAskedFor(arguments))
        {
            return Launcher.Run(arguments);
        }

        CommandLine line = CommandLine.Parse(arguments);
        if (line.Error is not null)
        {
            Tell(StandardDescriptor.Error, $"guest-agent: {line.Error}\n\n{CommandLine.Help}");
            return Usage;
        }

        try
        {
            return line.Action == CommandLineAction.Serve && InitProcess.IsFirst
                ? InitProcess.Run(arguments)
                : await RunAsync(line);
        }
        catch (SettingsException e)
        {
            foreach (SettingsFault fault in e.Faults)
            {
                Tell(StandardDescriptor.Error, $"guest-agent: {line.ConfigPath}: {fault}");
            }

            return Config;
        }
        catch (Exception e) when (e is IOException or LinuxException or UnauthorizedAccessException)
        {
            Tell(StandardDescriptor.Error, $"guest-agent: {(e.InnerException as IOException ?? e).Message}");
            return Software;
        }
    }

    private static async Task<int> RunAsync(CommandLine line)
    {
        switch (line.Action)
        {
            case CommandLineAction.Help:
                Tell(StandardDescriptor.Output, CommandLine.Help);
                break;
            case CommandLineAction.Version:
                Tell(StandardDescriptor.Output, $"guest-agent {AgentIdentity.Version}");
                break;
            case CommandLineAction.Check:
                Load(line);
                Tell(StandardDescriptor.Output, $"{line.ConfigPath}: nothing wrong");
                break;
            case CommandLineAction.PrintConfig:
                Tell(StandardDescriptor.Output, JsonSerializer.Serialize(Load(line), SettingsJson.Default.AgentSettings));
                break;
            default:
                await AgentHost.RunAsync(Load(line), line.ConfigPath);
                break;
        }

        return 0;
    }

    private static AgentSettings Load(CommandLine line) =>
        SettingsFile.Load(line.ConfigPath, Registration.Names, DialectTable.Names);

    private static void Tell(int descriptor, string line) =>
        StandardDescriptor.Write(descriptor, Encoding.UTF8.GetBytes(line + '\n'));
}
