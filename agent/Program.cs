using System.Text;
using System.Text.Json;
using GuestAgent.Dialects;
using GuestAgent.Dispatch;
using GuestAgent.Execution;
using GuestAgent.Hosting;
using GuestAgent.Init;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Settings;
using GuestAgent.Warnings;

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
                Tell(StandardDescriptor.Error, $"guest-agent: {fault.In(line.ConfigPath)}");
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
            case CommandLineAction.Schema:
                StandardDescriptor.Write(StandardDescriptor.Output, SettingsSchema.Read());
                break;
            case CommandLineAction.Version:
                Tell(StandardDescriptor.Output, $"guest-agent {AgentIdentity.Version}");
                break;
            case CommandLineAction.Check:
                return Check(line);
            case CommandLineAction.PrintConfig:
                Print(Load(line));
                break;
            default:
                await AgentHost.RunAsync(Path.GetFullPath(line.ConfigPath), () => Load(line));
                break;
        }

        return 0;
    }

    private static int Check(CommandLine line)
    {
        AgentSettings settings = Load(line);
        foreach (string origin in OriginLines(settings))
        {
            Tell(StandardDescriptor.Output, origin);
        }

        foreach (string remark in ConfinementRemarks.Of(settings))
        {
            Tell(StandardDescriptor.Output, $"{line.ConfigPath}: {remark}");
        }

        IReadOnlyList<ConfigurationWarning> warnings = ConfigurationWarnings.InThisGuest(settings, line.ConfigPath);
        foreach (ConfigurationWarning warning in warnings)
        {
            Tell(StandardDescriptor.Error, $"guest-agent: {warning.In(line.ConfigPath, settings.Origins)}");
        }

        Tell(StandardDescriptor.Output, $"{line.ConfigPath}: {(warnings.Count == 0 ? "nothing wrong" : "no faults")}");
        return warnings.Count > 0 && line.IsStrict ? Config : 0;
    }

    // The origins go where they do not stand in the way of a program that reads the configuration.
    private static void Print(AgentSettings settings)
    {
        Tell(StandardDescriptor.Output, JsonSerializer.Serialize(settings, SettingsJson.Default.AgentSettings));
        foreach (string origin in OriginLines(settings))
        {
            Tell(StandardDescriptor.Error, origin);
        }
    }

    private static IEnumerable<string> OriginLines(AgentSettings settings) =>
        settings.Origins?.All.Select(static origin => $"{origin.Path}: from {origin.File}") ?? [];

    private static AgentSettings Load(CommandLine line) =>
        SettingsFile.Load(line.ConfigPath, Registration.Names, DialectTable.Default.Traits).In(GuestMemory.Find(OwnCgroup.TryFind()));

    private static void Tell(int descriptor, string line) =>
        StandardDescriptor.Write(descriptor, Encoding.UTF8.GetBytes(line + '\n'));
}
