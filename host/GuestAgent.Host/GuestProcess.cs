using System.Runtime.CompilerServices;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Host.Commands;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host;

/// <summary>
/// A command that runs in the guest: its output as it comes, its input, signals, and how it ended. Created by
/// <see cref="GuestClient.StartAsync"/>. All members may be used at the same time, but by one reader and one writer.
/// </summary>
/// <remarks>
/// Read the output, or start the command with <see cref="GuestCommand.DiscardOutput"/>: one whose output nobody reads
/// stands still when <see cref="GuestClientOptions.OutputWindowBytes"/> are full.
/// </remarks>
public sealed class GuestProcess : IGuestProcess
{
    // Large enough to be few round trips, small enough to leave room for other messages between two of them.
    private const int InputPieceBytes = 64 * 1024;

    // Around the base64 of a piece of input: the envelope with two ids.
    private const int InputEnvelopeBytes = 512;

    private readonly AgentSession _session;
    private readonly PendingCall _call;
    private readonly CommandOutput _output;

    // Never disposed, so that a write behind the end fails as the end and not as a misuse.
    private readonly CancellationTokenSource _ended = new();
    private int _owed;
    private int _reading;
    private int _writing;

    private GuestProcess(
        AgentSession session,
        PendingCall call,
        CommandOutput output,
        TimeSpan? deadline,
        CallObservation? observation,
        CancellationToken cancellationToken)
    {
        _session = session;
        _call = call;
        _output = output;
        Completion = CompleteAsync(deadline, observation, cancellationToken);
    }

    /// <summary>
    /// Completes when the command has ended, with its exit; that a command fails is no exception. Faults with
    /// <see cref="GuestCommandException"/> when it was refused, could not be started, was cancelled or ran into its
    /// time limit, with <see cref="GuestConnectionException"/> when the connection was lost or the agent stops, and with
    /// <see cref="GuestCallTimeoutException"/> when the agent does not answer; cancelled when the token given at the
    /// start is, or the process was disposed.
    /// </summary>
    public Task<CommandExit> Completion { get; }

    /// <summary>
    /// The output as it comes, in the order in which it came within each stream, to its end. Reading slowly slows the
    /// command down; leaving the loop and enumerating again goes on where it stopped.
    /// </summary>
    /// <param name="cancellationToken">Ends the enumeration, not the command.</param>
    /// <exception cref="InvalidOperationException">Another enumeration is under way.</exception>
    /// <exception cref="GuestException">After the last piece, if <see cref="Completion"/> faults: output that was cut
    /// short is never taken for all of it.</exception>
    /// <exception cref="OperationCanceledException">After the last piece, if the command was abandoned.</exception>
    public async IAsyncEnumerable<OutputChunk> ReadOutputAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Enter(ref _reading, "The output is being read.");
        try
        {
            while (await _output.TakeAsync(cancellationToken).ConfigureAwait(false) is { } chunk)
            {
                await GrantAsync(chunk.Data.Length).ConfigureAwait(false);
                yield return chunk;
            }

            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    /// <summary>
    /// Writes to the command's standard input, which must have been kept open
    /// (<see cref="GuestCommand.KeepInputOpen"/>). Completes when the command's pipe has taken the bytes, which may be
    /// as late as the command reads them.
    /// </summary>
    /// <param name="data">Any number of bytes.</param>
    /// <param name="cancellationToken">Gives up; how many bytes were written is not known then.</param>
    /// <exception cref="InvalidOperationException">Another write is under way.</exception>
    /// <exception cref="GuestAgentException">The command has ended or closed its input.</exception>
    /// <exception cref="GuestConnectionException">The connection was lost.</exception>
    public async Task WriteStandardInputAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        int room = (_session.Agent.Limits.MaxMessageBytes - InputEnvelopeBytes) / 4 * 3;
        for (ReadOnlyMemory<byte> rest = data; !rest.IsEmpty;)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, Math.Min(room, InputPieceBytes))];
            await SendInputAsync(new ExecStdinRequest(_call.Id, piece), cancellationToken).ConfigureAwait(false);
            rest = rest[piece.Length..];
        }
    }

    /// <summary>Ends the command's standard input: it reads an end of file behind what was written.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">A write is under way.</exception>
    /// <exception cref="GuestAgentException">The command has ended.</exception>
    /// <exception cref="GuestConnectionException">The connection was lost.</exception>
    public Task CloseStandardInputAsync(CancellationToken cancellationToken = default) =>
        SendInputAsync(new ExecStdinRequest(_call.Id, Eof: true), cancellationToken);

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Its number, 1 to 64 (signal(7)).</param>
    /// <param name="wholeGroup">False signals the command alone, not the processes of its group.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestAgentException">The command has ended.</exception>
    /// <exception cref="GuestConnectionException">The connection was lost.</exception>
    public Task SignalAsync(int signal, bool wholeGroup = true, CancellationToken cancellationToken = default) =>
        _session.CallAsync(
            ExecSignal.Contract, new ExecSignalRequest(_call.Id, signal, wholeGroup), cancellationToken);

    /// <summary>
    /// Asks the guest to end the command and its descendants. <see cref="Completion"/> stays pending until they have
    /// ended, and then faults with <see cref="ErrorCode.Cancelled"/> and the partial result. Does nothing after the
    /// end.
    /// </summary>
    public Task CancelAsync() => _session.PostCancelAsync(_call.Id);

    /// <summary>
    /// Abandons the command: if it still runs, the guest is told to end it, and nobody waits for that.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _call.GiveUp();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    internal static async Task<GuestProcess> StartAsync(
        GuestLink link, GuestCommand command, CancellationToken cancellationToken)
    {
        int window = link.Options.OutputWindowBytes;
        // Without a limit that the host knows it is the heartbeat that tells when nobody answers any more.
        TimeSpan? deadline = CommandRequests.TimeLimit(command, byDefault: null) + link.Options.CallMargin;
        var output = new CommandOutput(window);
        var request = new Request<ExecCommandRequest>(
            ExecCommand.Contract.Name,
            CommandRequests.Streamed(command, window),
            ExecCommand.Contract.Request,
            ExecCommand.Contract.IsRepeatable,
            deadline ?? TimeSpan.FromSeconds(ExecCommand.DefaultSeconds) + link.Options.CallMargin,
            output);
        CallObservation? observation = CallObservation.Begin(request.Method, link.Log.Endpoint, link.Options);
        try
        {
            (AgentSession session, PendingCall call) =
                await link.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return new GuestProcess(session, call, output, deadline, observation, cancellationToken);
        }
        catch (Exception e)
        {
            observation?.Fail(e);
            throw;
        }
    }

    private static void Enter(ref int gate, string sentence)
    {
        if (Interlocked.Exchange(ref gate, 1) != 0)
        {
            throw new InvalidOperationException(sentence);
        }
    }

    private async Task<CommandExit> CompleteAsync(
        TimeSpan? deadline, CallObservation? observation, CancellationToken cancellationToken)
    {
        try
        {
            Reply reply = await _session.WaitAsync(_call, deadline, cancellationToken).ConfigureAwait(false);
            CommandExit exit = _session.Interpret(_call, reply, CommandAnswers.Read).Exit;
            observation?.Succeed();
            return exit with
            {
                OutputTruncated = exit.OutputTruncated || _output.Received(OutputChannel.Stdout) < exit.OutputBytes,
                ErrorTruncated = exit.ErrorTruncated || _output.Received(OutputChannel.Stderr) < exit.ErrorBytes,
            };
        }
        catch (Exception e)
        {
            observation?.Fail(e);
            throw;
        }
        finally
        {
            _output.Complete();
            await _ended.CancelAsync().ConfigureAwait(false);
        }
    }

    // Half a window at a time: the agent never runs dry, and not every piece costs a message.
    private async ValueTask GrantAsync(int taken)
    {
        _owed += taken;
        if (_owed >= _session.Options.OutputWindowBytes / 2 && !Completion.IsCompleted)
        {
            int grant = _owed;
            _owed = 0;
            _output.Grant(grant);
            await _session.PostAsync(
                ExecCredit.Contract.Name, new ExecCreditRequest(_call.Id, grant), ExecCredit.Contract.Request)
                .ConfigureAwait(false);
        }
    }

    private async Task SendInputAsync(ExecStdinRequest request, CancellationToken cancellationToken)
    {
        Enter(ref _writing, "Standard input is being written.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            await _session.CallAsync(ExecStdin.Contract, request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GuestAgentException(ErrorCode.NotFound, "The command has ended.");
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }
}
