using GuestAgent.Commands;
using GuestAgent.Dispatch;
using GuestAgent.Execution;
using GuestAgent.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Operations;
using GuestAgent.Power;
using GuestAgent.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Tests.Unit.Operations;

/// <summary>All operations, of an agent without listeners.</summary>
internal sealed class IdleOperations : IDisposable
{
    public IdleOperations(PolicySettings? policy = null)
    {
        TimeProvider clock = TimeProvider.System;
        var settings = new LiveSettings(new AgentSettings([], policy));
        var spawner = new ChildSpawner(Loop);
        var power = new PowerSchedule(
            new PowerSwitch(spawner, clock, NullLogger<PowerSwitch>.Instance),
            static _ => { },
            clock,
            NullLogger<PowerSchedule>.Instance);
        Parts = new OperationParts(
            settings,
            Loop,
            spawner,
            power,
            new TemporaryNames("/", NullLogger.Instance),
            new Uploads(settings, clock),
            new CommandRecords("/", NullLogger.Instance),
            new Ongoing(),
            new AuditLog(NullLogger<AuditLog>.Instance, clock),
            new AgentIdentity(Registration.Names, settings),
            static () => [],
            static () => 0,
            clock);
        Catalog = Parts.Catalog;
    }

    public EpollLoop Loop { get; } = new();

    public OperationParts Parts { get; }

    public OperationCatalog Catalog { get; }

    public void Dispose()
    {
        Parts.CommandRecords.Dispose();
        Parts.Uploads.Dispose();
        Parts.TemporaryNames.Dispose();
        Parts.Spawner.Dispose();
        Loop.Dispose();
    }
}
