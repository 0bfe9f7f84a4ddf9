using System.Runtime.ExceptionServices;
using GuestAgent.Commands;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dialects.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Execution;
using GuestAgent.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Memory;
using GuestAgent.Operations;
using GuestAgent.Power;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GuestAgent.Tests.Fuzz.Agents;

/// <summary>
/// An agent without listeners in this process: the real dispatcher, policy and operations. It may change a directory of its own
/// and run three harmless programs, and has the times of a hurried guest.
/// </summary>
internal sealed class FuzzedAgent : IDisposable
{
    /// <summary>What stands for the agent's directory in inputs.</summary>
    public const string Placeholder = "@DIR@";

    private readonly TemporaryDirectory _directory = new();
    private readonly EpollLoop _loop = new();
    private readonly ChildSpawner _spawner;
    private readonly OperationParts _parts;
    private readonly DefectLog _defects = new();

    /// <summary>Starts it.</summary>
    public FuzzedAgent()
    {
        var live = new LiveSettings(Settings());
        TimeProvider clock = TimeProvider.System;
        _spawner = new ChildSpawner(_loop);
        var power = new PowerSchedule(
            new PowerSwitch(_spawner, clock, NullLogger<PowerSwitch>.Instance),
            static _ => { },
            clock,
            NullLogger<PowerSchedule>.Instance);
        var audit = new AuditLog(_defects, clock);
        _parts = new OperationParts(
            live,
            _loop,
            _spawner,
            power,
            new TemporaryNames(_directory["state"], NullLogger.Instance),
            new Uploads(live, clock),
            new CommandRecords(_directory["state"], NullLogger.Instance),
            new Ongoing(),
            audit,
            new AgentIdentity(Registration.Names, live),
            static () => [],
            static () => 0,
            clock);
        var review = new PolicyReview(live, audit, _parts.Ongoing, _parts.Uploads, power);
        Dispatcher = new Dispatcher(_parts.Catalog, audit, live, _parts.Ongoing, review, clock);
        Memory = new MemoryBudget(() => live.Current.Limits.Memory, clock);
        Profile = new ListenerProfile(live.Current.Listeners[0], live, _parts.Identity, JsonRpcDialect.Traits);
        WorkloadProfile = new ListenerProfile(live.Current.Listeners[1], live, _parts.Identity, WorkloadDialect.Traits);
        MakeFiles();
    }

    /// <summary>Runs operations.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>What connections may hold together.</summary>
    public MemoryBudget Memory { get; }

    /// <summary>A listener for the native dialect.</summary>
    public ListenerProfile Profile { get; }

    /// <summary>A listener for the other one.</summary>
    public ListenerProfile WorkloadProfile { get; }

    /// <summary>Where hosts may write.</summary>
    public string Directory => _directory["work"];

    /// <summary>Puts the directory as it was, so that inputs meet the same files.</summary>
    public void MakeFiles()
    {
        if (System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }

        System.IO.Directory.CreateDirectory(Path.Combine(Directory, "d/e"));
        File.WriteAllText(Path.Combine(Directory, "f"), "content\n");
        File.WriteAllBytes(Path.Combine(Directory, "d/binary"), [0xFF, 0, 1, 2]);
        File.CreateSymbolicLink(Path.Combine(Directory, "l"), "f");
    }

    /// <summary>Throws what an operation threw that was no answer meant for the host.</summary>
    public void ThrowDefect()
    {
        if (_defects.Take() is { } defect)
        {
            ExceptionDispatchInfo.Throw(defect);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parts.CommandRecords.Dispose();
        _parts.Uploads.Dispose();
        _parts.TemporaryNames.Dispose();
        _spawner.Dispose();
        _loop.Dispose();
        _directory.Dispose();
    }

    private AgentSettings Settings() => new(
        [
            new UnixListenerSettings("/fuzz.sock", "jsonrpc", Announce: false),
            new UnixListenerSettings("/fuzz-workload.sock", "workload"),
        ],
        new PolicySettings(
            new CommandRules(
            [
                new CommandRule("/bin/true"),
                new CommandRule("/bin/echo", ["a*", "?", "..."], ["A*"]),
                new CommandRule("/bin/cat", []),
            ]),
            ReadPaths: [Directory, "/proc/version", "/dev/null"],
            WritePaths: [Directory],
            ListProcesses: true,
            Runtimes: new Dictionary<string, RuntimeRule>
            {
                ["t"] = new("/bin/true", "main", Env: ["A*"], Directory: _directory.Path, MaxFiles: 16, MaxUnpackedBytes: 64 * 1024),
            }),
        new LimitSettings(
            MaxMessageBytes: 8192,
            MaxCommandSeconds: 0.1,
            MaxOutputBytes: 256,
            KillGraceSeconds: 0,
            DrainSeconds: 0.05,
            MaxUnreadReplyBytes: 64 * 1024 * 1024,
            MaxFileBytes: 64 * 1024,
            MaxUploads: 4,
            MaxUploadBytes: 64 * 1024),
        _directory["state"]);
}
