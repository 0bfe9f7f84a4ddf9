using GuestAgent.Contracts.Agent;
using GuestAgent.Files;
using GuestAgent.Linux;
using GuestAgent.Power;
using GuestAgent.Processes;
using GuestAgent.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Operations;

/// <summary>What operations are built on: the things that live as long as the agent.</summary>
/// <param name="Settings">The settings in force.</param>
/// <param name="Loop">Watches descriptors.</param>
/// <param name="Spawner">Starts children.</param>
/// <param name="Power">The one arranged end of the guest.</param>
/// <param name="TemporaryNames">Files that have no lasting name yet.</param>
/// <param name="Uploads">Uploads under way.</param>
/// <param name="Waiting">Listeners that cannot serve anybody now.</param>
/// <param name="Clock">The time.</param>
internal sealed record OperationParts(
    LiveSettings Settings,
    EpollLoop Loop,
    ChildSpawner Spawner,
    PowerSchedule Power,
    TemporaryNames TemporaryNames,
    Uploads Uploads,
    Func<IReadOnlyList<WaitingListener>> Waiting,
    TimeProvider Clock) : IDisposable
{
    /// <summary>Parts that nothing will use: enough to ask which operations there are.</summary>
    public static OperationParts Idle()
    {
        var clock = TimeProvider.System;
        var settings = new LiveSettings(new AgentSettings([]));
        var loop = new EpollLoop();
        var spawner = new ChildSpawner(loop);
        var power = new PowerSchedule(
            new PowerSwitch(spawner, clock, NullLogger<PowerSwitch>.Instance),
            static _ => { },
            clock,
            NullLogger<PowerSchedule>.Instance);
        return new OperationParts(
            settings,
            loop,
            spawner,
            power,
            new TemporaryNames("/", NullLogger.Instance),
            new Uploads(settings, clock),
            static () => [],
            clock);
    }

    /// <summary>Ends what has threads, timers or descriptors.</summary>
    public void Dispose()
    {
        Uploads.Dispose();
        TemporaryNames.Dispose();
        Spawner.Dispose();
        Loop.Dispose();
    }
}
