using System.Globalization;
using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to power the guest off or to restart it. Made by <see cref="PowerPolicy"/> alone.</summary>
/// <param name="Action">Which of the two.</param>
/// <param name="Delay">How long from now.</param>
/// <param name="Force">Whether services are not waited for.</param>
/// <param name="Message">For the users that are logged in; null for none.</param>
internal sealed record PowerGrant(PowerAction Action, TimeSpan Delay, bool Force, string? Message) : IGrant
{
    /// <inheritdoc/>
    public string Subject => string.Create(
        CultureInfo.InvariantCulture, $"{Words.SnakeCase(Action)} in {Delay.TotalSeconds} s{(Force ? ", forced" : "")}");

    /// <inheritdoc/>
    public string? Rule => PowerPolicy.Rule;
}
