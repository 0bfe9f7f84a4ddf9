using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Linux;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Power;

/// <summary>Powers the guest off or restarts it: by its init where that can be asked, else by the kernel.</summary>
internal sealed partial class PowerSwitch(ChildSpawner spawner, TimeProvider clock, ILogger<PowerSwitch> logger)
    : IPowerSwitch
{
    private const string Root = "/";

    // The tool only passes the wish on; with a hung init it must not take for ever.
    private static readonly TimeSpan ToolLimit = TimeSpan.FromSeconds(30);

    // A disk that does not answer must not keep the guest from going down.
    private static readonly TimeSpan SynchroniseLimit = TimeSpan.FromSeconds(10);

    private static readonly string[] Variables = ["LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <inheritdoc/>
    public void Require(PowerGrant grant)
    {
        if (PowerCommand.Find(Root, grant.Action, grant.Force) is null && !KernelPower.IsAllowed)
        {
            throw new OperationException(
                ErrorCode.NotSupported,
                "There is no init that could be asked, and the agent lacks the right to call reboot(2) (CAP_SYS_BOOT).",
                new ErrorDetail("power", Errno: nameof(Errno.EPERM)));
        }
    }

    /// <inheritdoc/>
    public async Task ActAsync(PowerGrant grant)
    {
        string what = grant.Subject;
        try
        {
            if (PowerCommand.Find(Root, grant.Action, grant.Force) is { } command)
            {
                bool done = await RunAsync(command);
                if (done || !grant.Force)
                {
                    return;
                }
            }

            Directly(what);
            await Task.Run(KernelPower.Synchronise).WaitAsync(SynchroniseLimit, clock)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (grant.Action == PowerAction.PowerOff)
            {
                KernelPower.PowerOff();
            }
            else
            {
                KernelPower.Restart();
            }
        }
        catch (LinuxException e)
        {
            Failed(what, e.Message);
        }
    }

    private async Task<bool> RunAsync(IReadOnlyList<string> command)
    {
        string line = string.Join(' ', command);
        Asking(line);
        try
        {
            using ChildProcess child = await spawner.SpawnAsync(
                new ChildStart
                {
                    FileName = command[0],
                    Arguments = command,
                    Environment = Variables,
                    Stdout = ChildStream.NullDevice,
                    Stderr = ChildStream.NullDevice,
                },
                CancellationToken.None);
            ExitStatus status = await child.Exited.WaitAsync(ToolLimit, clock);
            if (status.ExitCode == 0)
            {
                return true;
            }

            Failed(line, $"exit code {status.ExitCode}, signal {status.Signal}");
        }
        catch (SpawnException e)
        {
            Failed(line, e.Message);
        }
        catch (TimeoutException)
        {
            Failed(line, $"no end within {ToolLimit.TotalSeconds} s");
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "power: asking the init: {Command}")]
    private partial void Asking(string command);

    [LoggerMessage(Level = LogLevel.Warning, Message = "power: {What} by the kernel itself")]
    private partial void Directly(string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "power: {What} failed: {Reason}")]
    private partial void Failed(string what, string reason);
}
