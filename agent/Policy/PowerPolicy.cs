using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides who may power the guest off, restart it, and take that back.</summary>
/// <param name="settings">The rules in force.</param>
internal sealed class PowerPolicy(LiveSettings settings)
{
    /// <summary>What allows it.</summary>
    public const string Rule = "policy.power";

    private const double MaxDelaySeconds = 24 * 3600;
    private const int MaxMessageLength = 1024;

    /// <summary>True when it is allowed.</summary>
    public bool AllowsPower => settings.Current.Policy.Power;

    /// <summary>Grants a power-off or restart, or refuses it.</summary>
    /// <param name="action">Which of the two.</param>
    /// <param name="delaySeconds">Seconds from now.</param>
    /// <param name="force">Whether services are not to be waited for.</param>
    /// <param name="message">For the users that are logged in.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>, or
    /// <see cref="ErrorCode.InvalidParameters"/>.</exception>
    public PowerGrant Authorise(PowerAction action, double delaySeconds, bool force, string? message)
    {
        if (delaySeconds is not (>= 0 and <= MaxDelaySeconds))
        {
            throw OperationException.InvalidParameter(
                "timeout_seconds", $"timeout_seconds must be from 0 to {MaxDelaySeconds}.", "range");
        }

        if (message?.Length > MaxMessageLength)
        {
            throw OperationException.InvalidParameter(
                "message", $"A message is at most {MaxMessageLength} characters long.", "length");
        }

        Require();
        return new PowerGrant(action, TimeSpan.FromSeconds(delaySeconds), force, message);
    }

    /// <summary>Grants to take it back, or refuses.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public PowerCancelGrant AuthoriseCancel()
    {
        Require();
        return new PowerCancelGrant();
    }

    /// <summary>Asks again for what was granted and has not begun.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public void Require()
    {
        if (!AllowsPower)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                "The policy does not allow to power the guest off or to restart it.",
                new ErrorDetail(Rule));
        }
    }
}
