using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts.Agent;
using GuestAgent.Sessions;

namespace GuestAgent.Tests.Unit.Sessions;

/// <summary>Parameters that count how often they are held.</summary>
/// <param name="cost">What they cost.</param>
/// <param name="canBeHeld">Whether there is memory to hold them.</param>
internal sealed class TestArguments(long cost = 0, bool canBeHeld = true) : ICallArguments
{
    private volatile int _held;

    /// <summary>How often they are held now.</summary>
    public int Held => _held;

    /// <inheritdoc/>
    public int Length => 0;

    /// <inheritdoc/>
    public int HeldBytes => 0;

    /// <inheritdoc/>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class => (T)(object)new PingRequest();

    /// <inheritdoc/>
    public long Cost(bool isBytes) => cost;

    /// <inheritdoc/>
    public bool TryHold()
    {
        _held += canBeHeld ? 1 : 0;
        return canBeHeld;
    }

    /// <inheritdoc/>
    public void Release() => _held--;
}
