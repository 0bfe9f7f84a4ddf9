using GuestAgent.Linux.Native;
using GuestAgent.Policy;

namespace GuestAgent.Power;

/// <summary>
/// Knows how this guest is powered off: through its init, by the tool that the init understands, or by the kernel alone.
/// Every word of a command is fixed here; nothing of a request becomes an argument.
/// </summary>
internal static class PowerCommand
{
    private static readonly string[] ToolDirectories = ["usr/sbin", "usr/bin", "sbin", "bin"];

    /// <summary>The command that asks the init; null when there is none that would act on it, or must not be asked.</summary>
    /// <param name="root">The root directory of the guest; another one in tests.</param>
    /// <param name="action">What is wanted.</param>
    /// <param name="force">
    /// Whether services are not waited for. Only systemd has more to offer then than the kernel: it still unmounts.
    /// </param>
    public static IReadOnlyList<string>? Find(string root, PowerAction action, bool force)
    {
        bool off = action == PowerAction.PowerOff;
        // sd_booted(3). The agent tells the users itself, when it is arranged.
        if (Directory.Exists(Path.Combine(root, "run/systemd/system")) && Tool(root, "systemctl") is { } systemctl)
        {
            string[] how = force ? ["--no-wall", "--force"] : ["--no-wall"];
            return [systemctl, .. how, off ? "poweroff" : "reboot"];
        }

        if (force)
        {
            return null;
        }

        return InitOf(root) switch
        {
            // What it runs as tells busybox apart: as a shell it is PID 1, too, and that would not listen.
            { Program: "busybox", Name: "init" or "linuxrc" } => Command(root, "busybox", off ? "poweroff" : "reboot"),
            { Program: "openrc-init" } => Command(root, "openrc-shutdown", off ? "--poweroff" : "--reboot", "now"),
            { Program: "init" } when HasControlPipe(root) => off
                ? Command(root, "shutdown", "-h", "-P", "now")
                : Command(root, "shutdown", "-r", "now"),
            { Program: "runit" or "runit-init" or "s6-svscan" or "dinit" or "finit" or "procd" } =>
                Command(root, off ? "poweroff" : "reboot"),
            _ => null,
        };
    }

    // Behind sysvinit's pipe there is an init that shutdown(8) can talk to, and not just a program of that name.
    private static bool HasControlPipe(string root) =>
        File.Exists(Path.Combine(root, "run/initctl")) || File.Exists(Path.Combine(root, "dev/initctl"));

    private static IReadOnlyList<string>? Command(string root, string tool, params ReadOnlySpan<string> arguments) =>
        Tool(root, tool) is { } path ? [path, .. arguments] : null;

    private static string? Tool(string root, string name) => ToolDirectories
        .Where(directory => File.Exists(Path.Combine(root, directory, name)))
        .Select(directory => $"/{directory}/{name}")
        .FirstOrDefault();

    private static (string Program, string Name) InitOf(string root)
    {
        try
        {
            string program = File.ResolveLinkTarget(Path.Combine(root, "proc/1/exe"), returnFinalTarget: false)?.Name ?? "";
            string arguments = File.ReadAllText(Path.Combine(root, "proc/1/cmdline"));
            // What an update has replaced while it runs is marked, proc_pid_exe(5).
            return (program.Replace(" (deleted)", "", StringComparison.Ordinal), Path.GetFileName(arguments.Split('\0', ' ')[0]));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && !Errno.IsExhaustion(e.HResult)))
        {
            // Not root, or no /proc: the init is not the agent's to command.
            return ("", "");
        }
    }
}
