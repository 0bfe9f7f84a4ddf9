using System.CommandLine;
using GuestAgent.Cli.Contexts;
using GuestAgent.Host;

namespace GuestAgent.Cli;

/// <summary>The options that every verb has.</summary>
internal static class GlobalOptions
{
    /// <summary>Names the endpoint when <see cref="Guest"/> does not.</summary>
    public const string EndpointVariable = "GUESTCTL_ENDPOINT";

    /// <summary>Where the guest is.</summary>
    public static readonly Option<string?> Guest = new("--guest", "-g")
    {
        Description = $"The guest's channel: unix:///path, /path, vsock://CID:PORT or hybrid:///path:PORT; or its name (see context); "
            + $"else ${EndpointVariable}, else the context in use",
        HelpName = "ENDPOINT",
        Recursive = true,
        CompletionSources = { NamedGuests.Names },
    };

    /// <summary>Prints for programs.</summary>
    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON on one line, errors too",
        Recursive = true,
    };

    /// <summary>How long to wait for the agent's first answer.</summary>
    public static readonly SecondsOption Wait =
        new("--wait", "Seconds to wait until the agent answers; 5 by default", TimeSpan.FromDays(1))
        {
            Recursive = true,
        };

    /// <summary>The endpoint that the command line or the environment names, or that is chosen by <c>guestctl context use</c>.</summary>
    /// <exception cref="UsageException">There is none, or no guest has the name.</exception>
    /// <exception cref="ContextException">The file of names makes no sense.</exception>
    public static GuestEndpoint Endpoint(ParseResult parsed) =>
        (parsed.GetValue(Guest) ?? ArgumentBytes.Variable(EndpointVariable)) is { } word
            ? NamedGuests.Find(word)
            : NamedGuests.Current() ?? throw new UsageException($"which guest? Say -g ENDPOINT or set {EndpointVariable}");

    /// <summary>The client's options.</summary>
    public static GuestClientOptions Client(ParseResult parsed)
    {
        var options = new GuestClientOptions { ReadsByWaiting = true };
        return parsed.GetValue(Wait) is { } wait ? options with { HelloDeadline = wait } : options;
    }
}
