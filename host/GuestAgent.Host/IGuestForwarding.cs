namespace GuestAgent.Host;

/// <summary>Connections within the guest, as those that use <see cref="GuestForwarding"/> see them: to be replaced in tests.</summary>
public interface IGuestForwarding
{
    /// <inheritdoc cref="GuestForwarding.ConnectAsync(string, TimeSpan?, CancellationToken)"/>
    Task<GuestStream> ConnectAsync(string address, TimeSpan? timeout = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GuestForwarding.ListenAsync(string, CancellationToken)"/>
    Task<GuestPortListener> ListenAsync(string address, CancellationToken cancellationToken = default);
}
