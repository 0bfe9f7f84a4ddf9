namespace GuestAgent.Dispatch;

/// <summary>Grants the permission for a request, or refuses with an <see cref="Errors.OperationException"/>.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TGrant">The permission.</typeparam>
internal delegate TGrant Authorize<in TRequest, out TGrant>(TRequest request, CallContext context)
    where TGrant : IGrant;
