using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Clock;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Forward;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Power;
using GuestAgent.Contracts.Processes;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Forwarding;
using GuestAgent.Operations.Agent;
using GuestAgent.Operations.Clock;
using GuestAgent.Operations.Exec;
using GuestAgent.Operations.Files;
using GuestAgent.Operations.Forward;
using GuestAgent.Operations.Info;
using GuestAgent.Operations.Power;
using GuestAgent.Operations.Processes;
using GuestAgent.Operations.Telemetry;
using GuestAgent.Operations.Workload;
using GuestAgent.Policy;

namespace GuestAgent.Operations;

/// <summary>
/// Every operation of the agent: one line each, with what of the policy must be there for it and who must allow it. What a line
/// builds is built when a host first calls the operation.
/// </summary>
internal static class Registration
{
    // What was allowed at its beginning is its own permission.
    private const Func<OperationParts, bool>? GoesOn = null;

    private static readonly OperationEntry[] Table =
    [
        Entry(
            ExecCommand.Contract,
            Commands,
            (p, r, _) => p.CommandPolicy.Authorise(r.Checked()),
            p => new ExecCommandOperation(p.Runner, p.Commands)),
        Entry(ExecStdin.Contract, GoesOn, (p, r, c) => p.Commands.Find(r.Id, c), _ => new ExecStdinOperation()),
        Entry(ExecSignal.Contract, GoesOn, (p, r, c) => p.Commands.Find(r.Id, c), _ => new ExecSignalOperation()),
        Entry(ExecCredit.Contract, GoesOn, (p, r, c) => p.Commands.Find(r.Id, c), _ => new ExecCreditOperation()),
        Entry(
            ForwardOpen.Contract,
            p => p.ForwardPolicy.AllowsConnecting,
            (p, r, _) => p.ForwardPolicy.AuthoriseConnect(r.Checked().Address),
            p => new ForwardOpenOperation(p.Forwards, new ForwardConnector(p.Loop), new ForwardRelay(p.Loop))),
        Entry(
            ForwardListen.Contract,
            p => p.ForwardPolicy.AllowsListening,
            (p, r, _) => p.ForwardPolicy.AuthoriseListen(r.Address),
            p => new ForwardListenOperation(p.Forwards, p.Loop)),
        Entry(
            ForwardAccept.Contract,
            GoesOn,
            (p, r, c) => p.Forwards.Find<ListenerGrant>(r.Id, c),
            p => new ForwardAcceptOperation(p.Forwards, new ForwardRelay(p.Loop))),
        Entry(ForwardWrite.Contract, GoesOn, (p, r, c) => p.Forwards.Find<ForwardedConnection>(r.Id, c), _ => new ForwardWriteOperation()),
        Entry(ForwardCredit.Contract, GoesOn, (p, r, c) => p.Forwards.Find<ForwardedConnection>(r.Id, c), _ => new ForwardCreditOperation()),
        Entry(
            RunWorkload.Contract,
            Workloads,
            (p, r, c) => p.Runtimes.Authorise(r.Checked(), c.ShortensTimeLimit),
            p => new RunWorkloadOperation(p.Runner, p.Commands, p.Accounts, p.TemporaryNames, p.Clock)),

        FileEntry(FileRead.Contract, Reads, (p, r, _) => p.Paths.Read(r.Path), p => new FileReadOperation(p.Settings)),
        FileEntry(FileHash.Contract, Reads, (p, r, _) => p.Paths.Read(r.Path), _ => new FileHashOperation()),
        FileEntry(FileStat.Contract, Reads, (p, r, _) => p.Paths.Read(r.Path, r.Follow), p => new FileStatOperation(p.Accounts)),
        FileEntry(FileList.Contract, Reads, (p, r, _) => p.Paths.Read(r.Path), p => new FileListOperation(p.Accounts)),
        FileEntry(
            FileMkdir.Contract,
            Changes,
            (p, r, _) => p.Paths.Write(r.Path, makesDirectories: r.Parents, isDirectory: true),
            p => new FileMkdirOperation(p.Accounts, p.TemporaryNames)),
        FileEntry(FileDelete.Contract, Changes, (p, r, _) => p.Paths.Remove(r.Path), _ => new FileDeleteOperation()),
        Entry(FileMove.Contract, Changes, (p, r, _) => p.Paths.Move(r.From, r.To), p => new FileMoveOperation(p.TemporaryNames)),
        FileEntry(FileChmod.Contract, Changes, (p, r, _) => p.Paths.Write(r.Path), p => new FileChmodOperation(p.Paths)),
        FileEntry(
            FileChown.Contract,
            Changes,
            (p, r, _) => p.Paths.Write(r.Path),
            p => new FileChownOperation(p.Paths, p.Accounts)),
        FileEntry(FileSetTimes.Contract, Changes, (p, r, _) => p.Paths.Write(r.Path, r.Follow), _ => new FileSetTimesOperation()),
        FileEntry(
            FileSymlink.Contract,
            Changes,
            (p, r, _) => r.Overwrite ? p.Paths.Remove(r.Path) : p.Paths.Write(r.Path, followLast: false),
            p => new FileSymlinkOperation(p.TemporaryNames)),
        FileEntry(
            FileWrite.Contract,
            Changes,
            (p, r, _) => p.Paths.Write(r.Path, makesDirectories: r.CreateDirs),
            p => new FileWriteOperation(p.Settings, p.Accounts, p.TemporaryNames, p.Uploads)),
        FileEntry(
            FileUploadOpen.Contract,
            Changes,
            (p, r, _) => p.Paths.Write(r.Path, makesDirectories: r.CreateDirs),
            p => new FileUploadOpenOperation(p.Settings, p.Paths, p.Accounts, p.TemporaryNames, p.Uploads)),
        Entry(FileUploadList.Contract, GoesOn, (p, _, c) => p.Uploads.List(c), _ => new FileUploadListOperation()),
        FileEntry(FileUploadWrite.Contract, GoesOn, (p, r, c) => p.Uploads.Find(r.Token, c), p => new FileUploadWriteOperation(p.Uploads)),
        FileEntry(FileUploadStatus.Contract, GoesOn, (p, r, c) => p.Uploads.Find(r.Token, c), _ => new FileUploadStatusOperation()),
        FileEntry(FileUploadCommit.Contract, GoesOn, (p, r, c) => p.Uploads.Find(r.Token, c), p => new FileUploadCommitOperation(p.Uploads)),
        FileEntry(FileUploadCancel.Contract, GoesOn, (p, r, c) => p.Uploads.Find(r.Token, c), p => new FileUploadCancelOperation(p.Uploads)),

        Entry(RpcDiscover.Contract, p => new RpcDiscoverOperation(p.Identity)),
        Entry(PolicyCheck.Contract, p => new PolicyCheckOperation(p.Checks)),
        Entry(Ping.Contract, p => new PingOperation(p.Clock)),
        Entry(
            GetAgentInfo.Contract,
            p => new GetAgentInfoOperation(p.Identity, () => RefusedBy(p), p.Settings, p.Waiting, p.LostLogRecords)),
        Entry(GetSystemInfo.Contract, _ => new GetSystemInfoOperation()),
        Entry(GetNetworkInfo.Contract, _ => new GetNetworkInfoOperation()),
        Entry(GetDiskUsage.Contract, p => new GetDiskUsageOperation(p.Disks)),
        Entry(
            ProcessList.Contract,
            p => p.Switches.AllowsProcessList,
            (p, _, _) => p.Switches.AuthoriseProcessList(),
            p => new ProcessListOperation(p.Accounts)),
        Entry(
            ProcessSignal.Contract,
            p => p.Switches.AllowsSignals,
            (p, r, _) => p.Switches.AuthoriseSignal(r),
            _ => new ProcessSignalOperation()),
        Entry(TimeGet.Contract, _ => new TimeGetOperation()),
        Entry(TimeSet.Contract, p => p.Switches.AllowsClock, (p, _, _) => p.Switches.AuthoriseClock(), _ => new TimeSetOperation()),
        Entry(TelemetrySubscribe.Contract, p => new TelemetrySubscribeOperation(p.Telemetry, p.Ongoing)),
        Entry(TelemetryUnsubscribe.Contract, p => new TelemetryUnsubscribeOperation(p.Telemetry)),
        Entry(EventsSubscribe.Contract, p => new EventsSubscribeOperation(p.Events, p.Ongoing)),
        Entry(EventsUnsubscribe.Contract, p => new EventsUnsubscribeOperation(p.Events)),

        Entry(
            Shutdown.Contract,
            Powers,
            (p, r, _) => p.PowerPolicy.Authorise(PowerAction.PowerOff, r.TimeoutSeconds, r.Force, r.Message),
            p => new ShutdownOperation(p.Power, p.PowerPolicy)),
        Entry(
            Reboot.Contract,
            Powers,
            (p, r, _) => p.PowerPolicy.Authorise(PowerAction.Reboot, r.TimeoutSeconds, r.Force, r.Message),
            p => new RebootOperation(p.Power, p.PowerPolicy)),
        Entry(ShutdownCancel.Contract, Powers, (p, _, _) => p.PowerPolicy.AuthoriseCancel(), p => new ShutdownCancelOperation(p.Power)),
    ];

    // What the permissions of several operations ask first.
    private static bool Reads(OperationParts parts) => parts.Paths.AllowsReading;

    private static bool Changes(OperationParts parts) => parts.Paths.AllowsChanging;

    private static bool Commands(OperationParts parts) => parts.CommandPolicy.AllowsSome;

    private static bool Workloads(OperationParts parts) => parts.Runtimes.AllowsSome;

    private static bool Powers(OperationParts parts) => parts.PowerPolicy.AllowsPower;

    // Who allows a request: of what operations are built on, the request, and what surrounds it.
    private delegate TGrant Permission<in TRequest, out TGrant>(OperationParts parts, TRequest request, CallContext context);

    /// <summary>Names of all operations.</summary>
    public static IReadOnlySet<string> Names { get; } =
        new HashSet<string>(Array.ConvertAll(Table, static entry => entry.Contract.Name), StringComparer.Ordinal);

    /// <summary>Names of the operations that the policy in force refuses whatever their parameters are.</summary>
    public static IReadOnlyList<string> RefusedBy(OperationParts parts)
    {
        List<string> refused = [];
        foreach (OperationEntry entry in Table)
        {
            if (entry.MayBeAllowed?.Invoke(parts) == false)
            {
                refused.Add(entry.Contract.Name);
            }
        }

        refused.Sort(StringComparer.Ordinal);
        return refused;
    }

    /// <summary>Registers all operations.</summary>
    public static OperationCatalog Build(OperationParts parts)
    {
        var catalog = new OperationCatalog();
        foreach (OperationEntry entry in Table)
        {
            catalog.Add(entry.Contract.Name, () => entry.MakeRoute(parts));
        }

        return catalog;
    }

    private static OperationEntry Entry<TRequest, TGrant, TResult>(
        OperationContract<TRequest, TResult> contract,
        Func<OperationParts, bool>? mayBeAllowed,
        Permission<TRequest, TGrant> permission,
        Func<OperationParts, IOperation<TRequest, TGrant, TResult>> operation)
        where TRequest : class
        where TGrant : IGrant
        where TResult : class =>
        new(contract, parts => new Route<TRequest, TGrant, TResult>(
            contract, (request, context) => permission(parts, request, context), operation(parts)), mayBeAllowed);

    // What works on one file lets the kernel's refusals pass.
    private static OperationEntry FileEntry<TRequest, TGrant, TResult>(
        OperationContract<TRequest, TResult> contract,
        Func<OperationParts, bool>? mayBeAllowed,
        Permission<TRequest, TGrant> permission,
        Func<OperationParts, IOperation<TRequest, TGrant, TResult>> operation)
        where TRequest : class
        where TGrant : IGrant
        where TResult : class =>
        Entry(contract, mayBeAllowed, permission, parts => new FileOperation<TRequest, TGrant, TResult>(operation(parts)));

    // Needs no permission.
    private static OperationEntry Entry<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract,
        Func<OperationParts, IOperation<TRequest, Unrestricted, TResult>> operation)
        where TRequest : class
        where TResult : class =>
        contract.Access == Access.Observe
            ? Entry(contract, null, static (_, _, _) => Unrestricted.Instance, operation)
            : throw new ArgumentException($"{contract.Name} needs an authorisation", nameof(contract));
}
