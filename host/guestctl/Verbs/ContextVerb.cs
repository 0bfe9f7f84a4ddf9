using System.CommandLine;
using GuestAgent.Cli.Contexts;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl context</c>: names for guests, and the one that is meant where none is named.</summary>
internal sealed class ContextVerb : ReportedVerb
{
    private static readonly string[] Actions = ["list", "use", "add", "remove"];

    private readonly Argument<string[]> _words = new("ACTION")
    {
        Description = "list; use NAME, or - for none; add NAME ENDPOINT; remove NAME",
        HelpName = "list | use NAME | add NAME ENDPOINT | remove NAME",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public ContextVerb()
        : base(
            "context",
            "Give guests names, for -g, and choose the one that is meant without -g.",
            "guestctl context add web1 unix:///run/vm1/agent.sock\n  guestctl context use web1")
    {
        _words.CompletionSources.Add(Actions);
        _words.CompletionSources.Add(NamedGuests.Names);
        Add(_words);
    }

    /// <inheritdoc/>
    protected override Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        ContextStore store = ContextStore.OfUser();
        switch (parsed.GetValue(_words))
        {
            case null or [] or ["list"]:
                report.Result(Listed(store.Read()), ContextJson.Default.IReadOnlyListListedGuest, Lines);
                break;
            case ["use", "-"]:
                store.Change(static file => file with { Current = null });
                break;
            case ["use", var name]:
                store.Change(file => file with { Current = Known(file, name) });
                break;
            case ["add", var name, var endpoint]:
                Add(store, name, GuestEndpoint.Parse(endpoint));
                break;
            case ["remove", var name]:
                store.Change(file => Without(file, Known(file, name)));
                break;
            default:
                throw new UsageException("say list, use NAME, add NAME ENDPOINT or remove NAME (see guestctl context --help)");
        }

        return Task.FromResult(ExitCodes.Success);
    }

    private static void Add(ContextStore store, string name, GuestEndpoint endpoint)
    {
        if (!ContextStore.IsName(name))
        {
            throw new UsageException($"{name} cannot be a name: letters, digits, dots, _ and -, the first a letter or a digit");
        }

        store.Change(file => file.Guests.ContainsKey(name)
            ? throw new InTheWayException($"there is a guest {name} already; remove it first")
            : file with { Guests = new Dictionary<string, NamedGuest>(file.Guests) { [name] = new(endpoint.ToString()) } });
    }

    private static ContextFile Without(ContextFile file, string name)
    {
        var guests = new Dictionary<string, NamedGuest>(file.Guests);
        guests.Remove(name);
        return file with { Guests = guests, Current = file.Current == name ? null : file.Current };
    }

    private static string Known(ContextFile file, string name) => file.Guests.ContainsKey(name)
        ? name
        : throw new UsageException($"no guest is named {name}{Spelling.Nearest(name, file.Guests.Keys)}");

    private static IReadOnlyList<ListedGuest> Listed(ContextFile file) =>
    [
        .. file.Guests.OrderBy(static guest => guest.Key, StringComparer.Ordinal)
            .Select(guest => new ListedGuest(guest.Key, guest.Value.Endpoint, guest.Key == file.Current)),
    ];

    private static IEnumerable<string> Lines(IReadOnlyList<ListedGuest> guests)
    {
        int width = guests.Count == 0 ? 0 : guests.Max(static guest => guest.Name.Length);
        return guests.Select(guest => $"{(guest.Current ? '*' : ' ')} {guest.Name.PadRight(width)}  {guest.Endpoint}");
    }
}
