using System.Reflection;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Session;
using GuestAgent.Framing;
using GuestAgent.Linux;
using GuestAgent.Settings;

namespace GuestAgent.Dispatch;

/// <summary>Who this agent process is.</summary>
internal sealed class AgentIdentity(OperationCatalog catalog, LiveSettings settings)
{
    // Conversation messages of the native dialect, which are not operations.
    private static readonly string[] Conversation = [Hello.Method, Cancel.Method, ReplyReceived.Method, SessionStatus.Method];

    // Read when the agent starts: later it may be short of descriptors.
    private readonly string _instance = SmallFile.TryReadLine("/proc/sys/kernel/random/uuid")!;
    private readonly string _bootId = MachineIds.BootId;
    private readonly string? _firstMachineId = MachineIds.MachineId;

    /// <summary>Version of the program.</summary>
    public static string Version { get; } = typeof(AgentIdentity).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The agent as a host sees it.</summary>
    /// <param name="operations">The only operations that the host's listener serves; null for all.</param>
    /// <param name="takesAttached">Whether bytes may follow an answer that are not part of its message.</param>
    public AgentDescription Describe(IReadOnlySet<string>? operations, bool takesAttached)
    {
        LimitSettings limits = settings.Current.Limits;
        return new AgentDescription(
            Version,
            Hello.ProtocolVersion,
            "linux",
            Capabilities(operations, takesAttached),
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

    private List<string> Capabilities(IReadOnlySet<string>? operations, bool takesAttached)
    {
        List<string> names = [.. Conversation];
        foreach (string name in catalog.Names)
        {
            if (operations?.Contains(name) ?? true)
            {
                names.Add(name);
            }
        }

        if (takesAttached && names.Contains(FileRead.Contract.Name))
        {
            names.Add(FileRead.AttachedContent);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
