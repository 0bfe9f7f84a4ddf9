using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using GuestAgent.Connections;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dialects;
using GuestAgent.Framing;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GuestAgent.Tests.Unit.Dialects.EchoLines;

/// <summary>A dialect whose every line comes back as the guest's own <c>echo</c> prints it, if the policy allows that.</summary>
internal sealed class EchoLinesDialect(DialectParts parts) : IDialect
{
    public static DialectTraits Traits { get; } = new(
        Push: false, Bodies: false, Batches: false, ConcurrentCalls: false, Resynchronises: true);

    public async Task ServeAsync(ConnectionContext connection, ListenerProfile listener)
    {
        PipeReader input = connection.Transport.Input;
        MemoryShare memory = parts.Memory.OpenShare();
        var unfinished = new UnfinishedMessage(memory, input.CancelPendingRead);
        var framer = new LineFramer(listener.Limits.MaxMessageBytes);
        var session = new Session(
            new CallAdmission(listener, parts.Dispatcher, memory, Peer.Of(connection)), push: null, static _ => Task.CompletedTask);
        CancellationToken stopping =
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        try
        {
            ReadResult read;
            do
            {
                read = await input.ReadAsync(stopping);
                ReadOnlySequence<byte> rest = read.Buffer;
                LineStatus status;
                while ((status = framer.TryRead(ref rest, out ReadOnlySequence<byte> line)) != LineStatus.NeedMore)
                {
                    string answer = status == LineStatus.Line
                        ? await EchoAsync(session, memory, Encoding.UTF8.GetString(line))
                        : "error: the line is too long\n";
                    await connection.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(answer), stopping);
                }

                if (!unfinished.TryHold(rest.Length))
                {
                    // Others need the memory: the line is given up.
                    framer.SkipLine(ref rest);
                }

                input.AdvanceTo(rest.Start, rest.End);
            }
            while (!read.IsCompleted);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The agent stops.
        }
        finally
        {
            session.End();
            unfinished.Release();
        }
    }

    private static Task<string> EchoAsync(Session session, MemoryShare memory, string line)
    {
        var call = new EchoLinesCall(session, memory);
        session.Start(
            call, ExecCommand.Contract.Name, new TypedArguments(new ExecCommandRequest("/bin/echo", [line])));
        return call.Answered;
    }
}
