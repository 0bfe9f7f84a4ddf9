using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>All operations by name. Filled once, by the registration.</summary>
internal sealed class OperationCatalog
{
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>Names of all operations.</summary>
    public IReadOnlySet<string> Names => _routes.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Contracts of all operations.</summary>
    public IEnumerable<IOperationContract> Contracts => _routes.Values.Select(route => route.Contract);

    /// <summary>Registers an operation that needs permission.</summary>
    public void Add<TRequest, TGrant, TResult>(
        OperationContract<TRequest, TResult> contract,
        Authorize<TRequest, TGrant> authorize,
        IOperation<TRequest, TGrant, TResult> operation)
        where TRequest : class
        where TGrant : IGrant
        where TResult : class =>
        _routes.Add(contract.Name, new Route<TRequest, TGrant, TResult>(contract, authorize, operation));

    /// <summary>Registers an operation that only looks and needs no permission.</summary>
    /// <exception cref="ArgumentException">The contract says that it does more than look.</exception>
    public void Add<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract, IOperation<TRequest, Unrestricted, TResult> operation)
        where TRequest : class
        where TResult : class
    {
        if (contract.Access != Access.Observe)
        {
            throw new ArgumentException($"{contract.Name} needs an authorisation", nameof(contract));
        }

        Add(contract, static (_, _) => Unrestricted.Instance, operation);
    }

    /// <summary>The route of an operation; null when there is none of this name.</summary>
    public Route? Find(string name) => _routes.GetValueOrDefault(name);
}
