using System.Net.Sockets;
using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Forwarding;

/// <summary>
/// Listens and carries what comes, until it is interrupted or the guest's channel ends. What becomes of one connection is told on
/// standard error, and ends no other.
/// </summary>
#pragma warning disable CA1001 // Connections leave it after the run, and a semaphore without a wait handle holds nothing.
internal sealed class ForwardRun(GuestClient guest, Report report)
#pragma warning restore CA1001
{
    // Twice what an agent carries by default. Who connects beyond waits: neither side's users can use up this program's descriptors.
    private const int MostConnections = 256;

    private static readonly TimeSpan PauseWhenExhausted = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _places = new(MostConnections, MostConnections);

    /// <summary>Runs.</summary>
    /// <param name="specs">What to forward.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="GuestException">The channel has ended, or the guest refuses to listen.</exception>
    public async Task RunAsync(IReadOnlyList<ForwardSpec> specs, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<IAsyncDisposable> listeners = [];
        try
        {
            List<Func<CancellationToken, Task>> loops = [];
            foreach (ForwardSpec spec in specs)
            {
                loops.Add(spec.FromGuest
                    ? await ListenInGuestAsync(spec, listeners, cancellationToken)
                    : ListenHere(spec, listeners));
            }

            List<Task> running = [.. loops.Select(loop => loop(over.Token)), WhenClosedAsync(over.Token)];
            await await Task.WhenAny(running);
        }
        finally
        {
            await over.CancelAsync();
            foreach (IAsyncDisposable listener in listeners)
            {
                await listener.DisposeAsync();
            }
        }
    }

    private Func<CancellationToken, Task> ListenHere(ForwardSpec spec, List<IAsyncDisposable> listeners)
    {
        var listener = new HostListener(spec.Listen);
        listeners.Add(listener);
        Tell(listener.Address, spec);
        return async over =>
        {
            while (true)
            {
                await _places.WaitAsync(over);
                Socket socket = await AcceptAsync(spec, listener.Socket, over);
                _ = LeaveAfterAsync(CarryAsync(spec, socket, () => guest.Forwarding.ConnectAsync(spec.Target, null, over), over));
            }
        };
    }

    private async Task<Func<CancellationToken, Task>> ListenInGuestAsync(
        ForwardSpec spec, List<IAsyncDisposable> listeners, CancellationToken cancellationToken)
    {
        GuestPortListener listener = await guest.Forwarding.ListenAsync(spec.Listen, cancellationToken);
        listeners.Add(listener);
        Tell(listener.Address, spec);
        return async over =>
        {
            while (true)
            {
                await _places.WaitAsync(over);
                GuestStream stream = await listener.AcceptAsync(over);
                _ = LeaveAfterAsync(AnswerAsync(spec, stream, over));
            }
        };
    }

    // Who has connected waits in the kernel until something ends.
    private static async Task<Socket> AcceptAsync(ForwardSpec spec, Socket listener, CancellationToken over)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                return await listener.AcceptAsync(over);
            }
            catch (SocketException e) when (IsOfTheMoment(e.SocketErrorCode))
            {
                if (!told)
                {
                    Complain(spec, e);
                }

                await Task.Delay(PauseWhenExhausted, over);
            }
        }
    }

    // accept(2): no descriptor or memory is left, or who had connected has gone again.
    private static bool IsOfTheMoment(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ConnectionAborted;

    private async Task LeaveAfterAsync(Task connection)
    {
        await connection.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _places.Release();
    }

    private static async Task AnswerAsync(ForwardSpec spec, GuestStream stream, CancellationToken over)
    {
        Socket socket;
        try
        {
            socket = await HostSide.ConnectAsync(spec.Target, over);
        }
        catch (Exception e) when (IsOfOneConnection(e))
        {
            await stream.DisposeAsync();
            Complain(spec, e);
            return;
        }

        await CarryAsync(spec, socket, () => Task.FromResult(stream), over);
    }

    private static async Task CarryAsync(ForwardSpec spec, Socket socket, Func<Task<GuestStream>> connect, CancellationToken over)
    {
        try
        {
            GuestStream stream;
            try
            {
                stream = await connect();
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Relay.RunAsync(socket, stream, over);
        }
        catch (Exception e) when (IsOfOneConnection(e))
        {
            Complain(spec, e);
        }
    }

    private static bool IsOfOneConnection(Exception e) =>
        e is GuestException or SocketException or IOException or OperationCanceledException;

    // A loop that waits for connections would not notice.
    private async Task WhenClosedAsync(CancellationToken over) => throw await guest.Closed.WaitAsync(over);

    private void Tell(string address, ForwardSpec spec) => report.Result(
        new ForwardReport(spec.FromGuest ? "guest" : "host", address, spec.Target),
        OutputJson.Default.ForwardReport,
        static told => [told.Listener == "guest" ? $"guest {told.Address} -> {told.Target}" : $"{told.Address} -> guest {told.Target}"]);

    private static void Complain(ForwardSpec spec, Exception e)
    {
        if (e is not OperationCanceledException)
        {
            StandardStreams.WriteError($"guestctl: {spec.Target}: {GuestText.OneLine(e.Message)}\n");
        }
    }
}
