using System.Runtime.InteropServices;

namespace GuestAgent.Cli.Running;

/// <summary>
/// SIGINT and SIGTERM: the first asks to end what runs in the guest, the second gives up waiting for that.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _signal;

    public Interrupts() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Take(context, 2)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Take(context, 15)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken First => _first.Token;

    /// <summary>Cancelled by the second signal.</summary>
    public CancellationToken Second => _second.Token;

    /// <summary>What to exit with after a signal; null when there was none.</summary>
    public int? ExitCode => _signal == 0 ? null : ExitCodes.SignalBase + _signal;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _first.Dispose();
        _second.Dispose();
    }

    private void Take(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        CancellationTokenSource ask = Interlocked.CompareExchange(ref _signal, number, 0) == 0 ? _first : _second;
        ask.Cancel();
    }
}
