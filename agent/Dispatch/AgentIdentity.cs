using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Session;
using GuestAgent.Framing;
using GuestAgent.Linux;
using GuestAgent.Linux.Files;
using GuestAgent.Settings;

namespace GuestAgent.Dispatch;

/// <summary>Who this agent process is.</summary>
/// <param name="names">Names of all operations.</param>
/// <param name="settings">The settings in force.</param>
internal sealed class AgentIdentity(IReadOnlyCollection<string> names, LiveSettings settings)
{
    // Conversation messages of the native dialect, which are not operations.
    private static readonly string[] Conversation = [Hello.Method, Cancel.Method, ReplyReceived.Method, SessionStatus.Method];

    // One of a process, whoever describes it.
    private static string? _ofProcess;

    // Read when the agent starts: later it may be short of descriptors.
    private readonly string _instance = Instance();
    private readonly string _bootId = MachineIds.BootId;
    private readonly string? _firstMachineId = MachineIds.MachineId;

    private readonly long _start = Environment.TickCount64;

    /// <summary>How long it has run.</summary>
    public TimeSpan Uptime => TimeSpan.FromMilliseconds(Environment.TickCount64 - _start);

    /// <summary>Version of the program.</summary>
    public const string Version = ProgramVersion.Text;

    /// <summary>The agent as a host sees it.</summary>
    /// <param name="operations">The only operations that the host's listener serves; null for all.</param>
    /// <param name="acceptsBody">Whether an answer may have a body.</param>
    public AgentDescription Describe(IReadOnlySet<string>? operations, bool acceptsBody)
    {
        LimitSettings limits = settings.Current.Limits;
        return new AgentDescription(
            Version,
            Hello.ProtocolVersion,
            "linux",
            Capabilities(operations, acceptsBody),
            _instance,
            _bootId,
            _firstMachineId ?? MachineIds.MachineId,
            new AgentLimits(
                limits.MaxMessageBytes,
                FrameLimits.MaxBatch,
                limits.MaxConcurrentRequests,
                limits.MaxConcurrentCommands,
                limits.MaxCommandSeconds,
                limits.MaxOutputBytes));
    }

    private static string Instance()
    {
        _ = _ofProcess ?? Interlocked.CompareExchange(ref _ofProcess, SmallFile.TryReadLine("/proc/sys/kernel/random/uuid"), null);
        return _ofProcess!;
    }

    private List<string> Capabilities(IReadOnlySet<string>? operations, bool acceptsBody)
    {
        List<string> capabilities = [.. Conversation];
        foreach (string name in names)
        {
            if (operations?.Contains(name) ?? true)
            {
                capabilities.Add(name);
            }
        }

        if (acceptsBody && capabilities.Contains(FileRead.Contract.Name))
        {
            capabilities.Add(FileRead.AttachedContent);
        }

        if (capabilities.Contains(FileRead.Contract.Name) || capabilities.Contains(FileUploadOpen.Contract.Name))
        {
            capabilities.Add(FileRead.SparseFiles);
        }

        capabilities.Sort(StringComparer.Ordinal);
        return capabilities;
    }
}
