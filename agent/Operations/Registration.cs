using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Clock;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Power;
using GuestAgent.Contracts.Processes;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Contracts.Workload;
using GuestAgent.Dispatch;
using GuestAgent.Files;
using GuestAgent.Operations.Agent;
using GuestAgent.Operations.Clock;
using GuestAgent.Operations.Exec;
using GuestAgent.Operations.Files;
using GuestAgent.Operations.Info;
using GuestAgent.Operations.Power;
using GuestAgent.Operations.Processes;
using GuestAgent.Operations.Telemetry;
using GuestAgent.Operations.Workload;
using GuestAgent.Policy;
using GuestAgent.Processes;
using GuestAgent.Storage;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations;

/// <summary>Every operation of the agent: one line each, with who must allow it.</summary>
internal static class Registration
{
    /// <summary>Names of all operations, before there is anything to run them with.</summary>
    public static IReadOnlySet<string> Names
    {
        get
        {
            using OperationParts parts = OperationParts.Idle();
            return Build(parts).Names;
        }
    }

    /// <summary>Registers all operations.</summary>
    public static OperationCatalog Build(OperationParts parts)
    {
        var catalog = new OperationCatalog();
        var accounts = new AccountDatabase(parts.Spawner);
        AddCommands(catalog, accounts, parts);
        AddFiles(catalog, accounts, parts);
        AddInformation(catalog, accounts, parts);
        AddPower(catalog, parts);
        return catalog;
    }

    private static void AddCommands(OperationCatalog catalog, AccountDatabase accounts, OperationParts parts)
    {
        var policy = new CommandPolicy(parts.Settings);
        var runtimes = new RuntimePolicy(parts.Settings);
        var commands = new RunningCommands(parts.Settings);
        var tree = new ProcessTree(parts.Loop, parts.Clock);
        var runner = new CommandRunner(parts.Spawner, tree, accounts, parts.Settings, parts.Clock);

        catalog.Add(ExecCommand.Contract, (r, _) => policy.Authorise(r.Checked()), new ExecCommandOperation(runner, commands));
        catalog.Add(ExecStdin.Contract, (r, c) => commands.Find(r.Id, c), new ExecStdinOperation());
        catalog.Add(ExecSignal.Contract, (r, c) => commands.Find(r.Id, c), new ExecSignalOperation());
        catalog.Add(ExecCredit.Contract, (r, c) => commands.Find(r.Id, c), new ExecCreditOperation());
        catalog.Add(
            RunWorkload.Contract,
            (r, _) => runtimes.Authorise(r.Checked()),
            new RunWorkloadOperation(runner, commands, accounts));
    }

    private static void AddFiles(OperationCatalog catalog, AccountDatabase accounts, OperationParts parts)
    {
        var paths = new PathPolicy(parts.Settings);
        Uploads uploads = parts.Uploads;

        AddFile(catalog, FileRead.Contract, (r, _) => paths.Read(r.Path), new FileReadOperation(parts.Settings));
        AddFile(catalog, FileHash.Contract, (r, _) => paths.Read(r.Path), new FileHashOperation());
        AddFile(catalog, FileStat.Contract, (r, _) => paths.Read(r.Path, r.Follow), new FileStatOperation(accounts));
        AddFile(catalog, FileList.Contract, (r, _) => paths.Read(r.Path), new FileListOperation(accounts));
        AddFile(
            catalog,
            FileMkdir.Contract,
            (r, _) => paths.Write(r.Path, makesDirectories: r.Parents),
            new FileMkdirOperation(accounts));
        AddFile(catalog, FileDelete.Contract, (r, _) => paths.Write(r.Path, followLast: false), new FileDeleteOperation());
        catalog.Add(FileMove.Contract, (r, _) => paths.Move(r.From, r.To), new FileMoveOperation());
        AddFile(catalog, FileChmod.Contract, (r, _) => paths.Write(r.Path), new FileChmodOperation());
        AddFile(catalog, FileChown.Contract, (r, _) => paths.Write(r.Path), new FileChownOperation(accounts));
        AddFile(
            catalog,
            FileWrite.Contract,
            (r, _) => paths.Write(r.Path, makesDirectories: r.CreateDirs),
            new FileWriteOperation(parts.Settings, accounts, parts.TemporaryNames));
        AddFile(
            catalog,
            FileUploadOpen.Contract,
            (r, _) => paths.Write(r.Path, makesDirectories: r.CreateDirs),
            new FileUploadOpenOperation(parts.Settings, accounts, parts.TemporaryNames, uploads));
        AddFile(catalog, FileUploadWrite.Contract, (r, c) => uploads.Find(r.Token, c), new FileUploadWriteOperation());
        AddFile(catalog, FileUploadStatus.Contract, (r, c) => uploads.Find(r.Token, c), new FileUploadStatusOperation());
        AddFile(catalog, FileUploadCommit.Contract, (r, c) => uploads.Find(r.Token, c), new FileUploadCommitOperation(uploads));
        AddFile(catalog, FileUploadCancel.Contract, (r, c) => uploads.Find(r.Token, c), new FileUploadCancelOperation(uploads));
    }

    private static void AddFile<TRequest, TGrant, TResult>(
        OperationCatalog catalog,
        OperationContract<TRequest, TResult> contract,
        Authorize<TRequest, TGrant> authorize,
        IOperation<TRequest, TGrant, TResult> operation)
        where TRequest : class
        where TGrant : IGrant
        where TResult : class =>
        catalog.Add(contract, authorize, new FileOperation<TRequest, TGrant, TResult>(operation));

    private static void AddInformation(OperationCatalog catalog, AccountDatabase accounts, OperationParts parts)
    {
        var switches = new SwitchPolicy(parts.Settings);
        var disks = new DiskReader(new CapacityProbe(parts.Clock));
        var telemetry = new TelemetryFeed(disks, parts.Clock);
        var events = new GuestEvents(parts.Loop, parts.Clock);

        catalog.Add(Ping.Contract, new PingOperation(parts.Clock));
        catalog.Add(GetAgentInfo.Contract, new GetAgentInfoOperation(new AgentIdentity(catalog, parts.Settings), parts.Waiting));
        catalog.Add(GetSystemInfo.Contract, new GetSystemInfoOperation());
        catalog.Add(GetNetworkInfo.Contract, new GetNetworkInfoOperation());
        catalog.Add(GetDiskUsage.Contract, new GetDiskUsageOperation(disks));
        catalog.Add(ProcessList.Contract, (_, _) => switches.AuthoriseProcessList(), new ProcessListOperation(accounts));
        catalog.Add(ProcessSignal.Contract, (r, _) => switches.AuthoriseSignal(r), new ProcessSignalOperation());
        catalog.Add(TimeGet.Contract, new TimeGetOperation());
        catalog.Add(TimeSet.Contract, (_, _) => switches.AuthoriseClock(), new TimeSetOperation());
        catalog.Add(TelemetrySubscribe.Contract, new TelemetrySubscribeOperation(telemetry));
        catalog.Add(TelemetryUnsubscribe.Contract, new TelemetryUnsubscribeOperation(telemetry));
        catalog.Add(EventsSubscribe.Contract, new EventsSubscribeOperation(events));
        catalog.Add(EventsUnsubscribe.Contract, new EventsUnsubscribeOperation(events));
    }

    private static void AddPower(OperationCatalog catalog, OperationParts parts)
    {
        var policy = new PowerPolicy(parts.Settings);

        catalog.Add(
            Shutdown.Contract,
            (r, _) => policy.Authorise(PowerAction.PowerOff, r.TimeoutSeconds, r.Force, r.Message),
            new ShutdownOperation(parts.Power));
        catalog.Add(
            Reboot.Contract,
            (r, _) => policy.Authorise(PowerAction.Reboot, r.TimeoutSeconds, r.Force, r.Message),
            new RebootOperation(parts.Power));
        catalog.Add(ShutdownCancel.Contract, (_, _) => policy.AuthoriseCancel(), new ShutdownCancelOperation(parts.Power));
    }
}
