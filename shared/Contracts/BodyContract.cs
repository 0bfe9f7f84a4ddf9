namespace GuestAgent.Contracts;

/// <summary>How the reply of an operation may have what is long in it as a body, beside its result.</summary>
/// <typeparam name="TRequest">Parameters.</typeparam>
/// <typeparam name="TResult">Result.</typeparam>
/// <param name="Parameter">Name of the parameter that asks for that.</param>
/// <param name="IsWanted">Whether a request asks for it.</param>
/// <param name="Take">Takes the body out of the result, which is without those bytes from then on.</param>
public sealed record BodyContract<TRequest, TResult>(
    string Parameter, Func<TRequest, bool> IsWanted, Func<TResult, Body> Take)
    where TRequest : class
    where TResult : class;
