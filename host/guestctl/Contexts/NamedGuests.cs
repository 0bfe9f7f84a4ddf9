using System.CommandLine.Completions;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Contexts;

/// <summary>Finds out which guest is meant.</summary>
internal static class NamedGuests
{
    /// <summary>The endpoint of a word, which may be the name of a guest.</summary>
    /// <exception cref="UsageException">No guest has this name.</exception>
    /// <exception cref="ContextException">The file of names makes no sense.</exception>
    public static GuestEndpoint Find(string word)
    {
        if (!ContextStore.IsName(word))
        {
            return GuestEndpoint.Parse(word);
        }

        IReadOnlyDictionary<string, NamedGuest> guests = ContextStore.OfUser().Read().Guests;
        return GuestEndpoint.Parse(guests.TryGetValue(word, out NamedGuest? guest)
            ? guest.Endpoint
            : throw new UsageException(
                $"no guest is named {word}{Spelling.Nearest(word, guests.Keys)} (see guestctl context list); "
                + "an endpoint is unix:///path, /path, vsock://CID:PORT or hybrid:///path:PORT"));
    }

    /// <summary>The guest that is meant where none is named; null for none.</summary>
    /// <exception cref="ContextException">The file of names makes no sense.</exception>
    public static GuestEndpoint? Current()
    {
        ContextFile file = ContextStore.OfUser().Read();
        return file.Current is { } current ? GuestEndpoint.Parse(file.Guests[current].Endpoint) : null;
    }

    /// <summary>All names, for shells: none where the file makes no sense, as a shell that completes prints no error.</summary>
    public static IEnumerable<CompletionItem> Names(CompletionContext context)
    {
        try
        {
            return [.. ContextStore.OfUser().Read().Guests.Keys.Order(StringComparer.Ordinal).Select(static name => new CompletionItem(name))];
        }
        catch (Exception e) when (e is ContextException or UsageException)
        {
            return [];
        }
    }
}
