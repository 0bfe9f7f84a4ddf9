using System.Net;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>Decides which connections of the guest a host may have carried, and where it may listen.</summary>
/// <param name="settings">The rules in force.</param>
internal sealed class ForwardPolicy(LiveSettings settings)
{
    private const string ConnectRule = "policy.forward.connect";
    private const string ListenRule = "policy.forward.listen";
    private const string Parameter = "address";

    /// <summary>True when a host may connect to something.</summary>
    public bool AllowsConnecting => settings.Current.Policy.Forward.Connect.Count > 0;

    /// <summary>True when a host may listen somewhere.</summary>
    public bool AllowsListening => settings.Current.Policy.Forward.Listen.Count > 0;

    /// <summary>Grants a connection, or refuses it.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: no rule allows it.
    /// <see cref="ErrorCode.NotFound"/>, <see cref="ErrorCode.Conflict"/>: it is allowed, and no socket is there.</exception>
    public ForwardGrant AuthoriseConnect(string address)
    {
        IReadOnlyList<string> rules = settings.Current.Policy.Forward.Connect;
        if (!address.StartsWith('/'))
        {
            return Among(rules, ConnectRule, ForwardAddress.Parse(address, mayBeZero: false));
        }

        Place place = Find(rules, ConnectRule, address);
        if (place.Target is { } target && FileStatus.Of(target).IsSocket)
        {
            return new ForwardGrant(address, [], place, ConnectRule);
        }

        place.Dispose();
        throw place.Errno == 0
            ? new OperationException(ErrorCode.Conflict, $"{address} is not a socket.", new ErrorDetail(Field: Parameter))
            : FileFailure.Of(place.Errno, address, Parameter);
    }

    /// <summary>Grants to listen, or refuses it.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>: no rule allows it.
    /// <see cref="ErrorCode.Conflict"/>: it is allowed, and something is there; <see cref="ErrorCode.NotFound"/>: its directory
    /// is not.</exception>
    public ForwardGrant AuthoriseListen(string address)
    {
        IReadOnlyList<string> rules = settings.Current.Policy.Forward.Listen;
        if (!address.StartsWith('/'))
        {
            return Among(rules, ListenRule, ForwardAddress.Parse(address, mayBeZero: true));
        }

        Place place = Find(rules, ListenRule, address);
        if (place.Errno == Errno.ENOENT && place.Names.Count == 1)
        {
            return new ForwardGrant(address, [], place, ListenRule);
        }

        place.Dispose();
        throw place.Errno == 0
            ? new OperationException(ErrorCode.Conflict, $"{address} exists already.", new ErrorDetail(Field: Parameter, Errno: "EEXIST"))
            : FileFailure.Of(place.Errno, address, Parameter);
    }

    private static ForwardGrant Among(IReadOnlyList<string> rules, string rule, ForwardAddress asked)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].StartsWith('/') || ForwardPattern.TryParse(rules[i], out ForwardPattern? pattern) is not null)
            {
                continue;
            }

            List<IPEndPoint> allowed = [];
            foreach (IPAddress address in asked.Addresses)
            {
                if (pattern!.Matches(address, asked.Port))
                {
                    allowed.Add(new IPEndPoint(address, asked.Port));
                }
            }

            if (allowed.Count > 0)
            {
                return new ForwardGrant(asked.Text, allowed, null, $"{rule}[{i}]");
            }
        }

        throw Refusal(rule, asked.Text);
    }

    // Whoever may not know whether a socket is there is told that it is forbidden, whether it is or not.
    private static Place Find(IReadOnlyList<string> rules, string rule, string path)
    {
        AbsolutePath parsed = PathParameter.Parse(path, Parameter);
        string[] trees = [.. rules.Where(static entry => entry.StartsWith('/'))];
        if (trees.Length == 0)
        {
            throw Refusal(rule, path);
        }

        Place place = PathWalk.Find(parsed, LinkRule.FollowAll);
        if (place.Path is { } real && new PathTrees(trees).Contain(real))
        {
            return place;
        }

        place.Dispose();
        throw Refusal(rule, path);
    }

    private static OperationException Refusal(string rule, string address) => new(
        ErrorCode.PermissionDenied,
        $"The policy does not allow {(rule == ConnectRule ? "connecting to" : "listening at")} {address}.",
        new ErrorDetail(rule, Parameter));
}
