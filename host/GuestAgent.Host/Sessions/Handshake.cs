using GuestAgent.Contracts;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Session;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// Says hello and waits for the answer, past everything that an earlier host left on the channel: stale replies, half
/// lines, junk. After it both ends agree where the conversation starts.
/// </summary>
internal static class Handshake
{
    // An agent that accepts less could not be sent a command line.
    private const int LeastMaxMessageBytes = 4096;

    // Ends the half line that an earlier host may have left in the agent's input.
    private static readonly ReadOnlyMemory<byte> EmptyLine = "\n"u8.ToArray();

    /// <summary>Says hello.</summary>
    /// <returns>Who answered.</returns>
    /// <exception cref="GuestConnectionException">The answer is unusable or another agent's, or the channel was closed
    /// before it.</exception>
    /// <exception cref="GuestAgentException">The agent refused.</exception>
    public static async Task<AgentDescription> PerformAsync(
        MessageReader reader, MessageWriter writer, RequestIds ids, CancellationToken cancellationToken)
    {
        CallId id = ids.Next();
        var request = new HelloRequest(ids.Session, Hello.ProtocolVersion);
        await writer.WriteAsync(EmptyLine, cancellationToken).ConfigureAwait(false);
        Line line = Line.Call(id, Hello.Method, request, HelloJson.Default.HelloRequest);
        await writer.WriteAsync(line.Bytes, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            IncomingMessage incoming = await reader.ReadAsync(Reject, cancellationToken).ConfigureAwait(false)
                ?? throw GuestConnectionException.Lost("The channel was closed before the agent answered.");
            if (incoming.Message.IsReply && incoming.Message.Id == id)
            {
                return Check(Reply.Of(incoming).Read(HelloJson.Default.HelloResult), ids.Session);
            }
        }

        void Reject(ReadOnlyMemory<byte> line)
        {
            if (QemuAgentError.Answers(line.Span, id))
            {
                throw new GuestConnectionException(
                    ConnectionFailure.OtherAgent,
                    "QEMU's guest agent answers on this channel: it is that agent's port, or the guest lets it hold ours.");
            }
        }
    }

    private static AgentDescription Check(HelloResult hello, string session)
    {
        if (hello.Session != session)
        {
            throw GuestConnectionException.Violation("it answered hello for another session.");
        }

        if (Major(hello.Agent.ProtocolVersion) != Major(Hello.ProtocolVersion))
        {
            throw new GuestConnectionException(
                ConnectionFailure.Incompatible,
                $"The agent speaks protocol {hello.Agent.ProtocolVersion}, this host {Hello.ProtocolVersion}.");
        }

        return hello.Agent.Limits.MaxMessageBytes >= LeastMaxMessageBytes
            ? hello.Agent
            : throw GuestConnectionException.Violation(
                $"it accepts messages of {hello.Agent.Limits.MaxMessageBytes} bytes only.");
    }

    private static string Major(string version) => version.Split('.')[0];
}
