using System.IO.Pipelines;
using GuestAgent.Dialects;
using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Dispatch;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using GuestAgent.Tests.Unit.Sessions;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Tests.Unit.Dialects;

/// <summary>A channel of the native dialect into a pipe, for tests that start no operation.</summary>
internal sealed class AnyChannel
{
    /// <summary>Opens it.</summary>
    /// <param name="output">What the host would read.</param>
    /// <param name="maxMessageBytes">Longest message.</param>
    public AnyChannel(PipeWriter output, int maxMessageBytes = 1 << 20)
    {
        var work = new AnyOperations(new LimitSettings(MaxMessageBytes: maxMessageBytes));
        var profile = new ListenerProfile(
            new VirtioSerialListenerSettings("org.guestagent.0", "jsonrpc"),
            work.Settings,
            new AgentIdentity([], work.Settings),
            JsonRpcDialect.Traits);
        Lanes = new OutboundLanes(output, 1 << 20, AnyMemory.Share(), () => { });
        var admission = new CallAdmission(profile, work.Dispatcher, Lanes.Memory, "-");
        Hosts = new HostSessions<JsonRpcSession>(new JsonRpcChannel(Lanes, profile, admission, new DefaultConnectionContext()));
    }

    /// <summary>Where everything is sent.</summary>
    public OutboundLanes Lanes { get; }

    /// <summary>The hosts.</summary>
    public HostSessions<JsonRpcSession> Hosts { get; }
}
