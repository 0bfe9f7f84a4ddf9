using System.Runtime.InteropServices;

namespace GuestAgent.Hosting;

/// <summary>The signals by which the agent is told to stop: from its making on they end nothing by themselves.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to listen.</summary>
    public StopSignal()
    {
        _registrations = Array.ConvertAll(
            (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT],
            signal => PosixSignalRegistration.Create(signal, Tell));
    }

    /// <summary>Completes when one has come.</summary>
    public Task WaitAsync() => _told.Task;

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Tell(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _told.TrySetResult();
    }
}
