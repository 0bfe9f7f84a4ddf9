namespace GuestAgent.Host;

/// <summary>A connection that a guest has made to its host.</summary>
/// <param name="Stream">
/// The connection, for <see cref="GuestClient.ConnectAsync(System.IO.Stream, GuestClientOptions?, CancellationToken)"/>,
/// <see cref="Workloads.WorkloadClient.Over"/> or any other use. Whoever takes it owns it.
/// </param>
/// <param name="Cid">The guest's vsock context by the kernel's word; null where the listener's path tells whose it is.</param>
public sealed record AcceptedGuest(Stream Stream, uint? Cid);
