using System.CommandLine;
using System.CommandLine.Completions;
using GuestAgent.Cli.Contexts;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;

namespace GuestAgent.Cli.Completion;

/// <summary>
/// Words that the guest knows, asked for while the user types: paths, operations and runtimes. A guest that does not answer at once, or that
/// says no, has none: a shell that completes must not wait, nor print an error into the line.
/// </summary>
internal static class GuestWords
{
    private const int MostEntries = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The agent's operations.</summary>
    public static IEnumerable<CompletionItem> Operations(CompletionContext context) => Ask(
        context,
        static (guest, _) => Task.FromResult<IEnumerable<string>>(
            guest.Agent.Capabilities.Where(static name => name is not (FileRead.AttachedContent or "hello" or "cancel" or "reply_received"))));

    /// <summary>The guest's runtimes, which an agent tells who asks for none of them.</summary>
    public static IEnumerable<CompletionItem> Runtimes(CompletionContext context) => Told(async cancellationToken =>
    {
        await using WorkloadClient client =
            await WorkloadClient.DialAsync(GlobalOptions.Endpoint(context.ParseResult), null, cancellationToken);
        WorkloadResult refusal = await client.RunAsync(new WorkloadRequest(""), null, cancellationToken);
        // What has to be shown in another way could not be typed so.
        return (refusal.Runtimes ?? []).Where(static name => GuestText.OneLine(name) == name);
    });

    /// <summary>Paths in the guest that begin with the word, directories with a slash at the end.</summary>
    public static IEnumerable<CompletionItem> Paths(CompletionContext context) => PathsBehind(context, mark: "");

    /// <summary>The same for a word that a colon marks as a path in the guest.</summary>
    public static IEnumerable<CompletionItem> MarkedPaths(CompletionContext context) =>
        context.WordToComplete.StartsWith(GuestPath.Mark) ? PathsBehind(context, GuestPath.Mark.ToString()) : [];

    private static IEnumerable<CompletionItem> PathsBehind(CompletionContext context, string mark)
    {
        string path = GuestPath.Unmarked(context.WordToComplete);
        if (path.Length == 0)
        {
            return [new CompletionItem(mark + "/")];
        }

        string directory = path[..(path.LastIndexOf('/') + 1)];
        string begin = path[directory.Length..];
        return GuestPath.Fault(path) is not null
            ? []
            : Ask(context, async (guest, cancellationToken) => (await ListAsync(guest, directory, begin, cancellationToken))
                .Select(name => $"{mark}{directory}{name}"));
    }

    private static async Task<IEnumerable<string>> ListAsync(
        GuestClient guest, string directory, string begin, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await foreach (FileEntry entry in guest.Files.ListAsync(directory, begin.StartsWith('.'), null, cancellationToken))
        {
            // What has to be shown in another way could not be typed so.
            if (entry.Name.StartsWith(begin, StringComparison.Ordinal) && FileNameText.Of(entry) == entry.Name)
            {
                names.Add(entry.Type == FileType.Directory ? entry.Name + "/" : entry.Name);
            }

            if (names.Count == MostEntries)
            {
                break;
            }
        }

        return names;
    }

    private static IEnumerable<CompletionItem> Ask(
        CompletionContext context, Func<GuestClient, CancellationToken, Task<IEnumerable<string>>> question) =>
        Told(cancellationToken => AnswerAsync(context.ParseResult, question, cancellationToken));

    private static IEnumerable<CompletionItem> Told(Func<CancellationToken, Task<IEnumerable<string>>> ask)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return [.. ask(patience.Token).GetAwaiter().GetResult().Select(static word => new CompletionItem(word))];
        }
        catch (Exception e) when (e is GuestException or UsageException or ContextException or OperationCanceledException)
        {
            return [];
        }
    }

    private static async Task<IEnumerable<string>> AnswerAsync(
        ParseResult parsed,
        Func<GuestClient, CancellationToken, Task<IEnumerable<string>>> question,
        CancellationToken cancellationToken)
    {
        GuestClient guest = await GuestClient.ConnectAsync(
            GlobalOptions.Endpoint(parsed), new GuestClientOptions { HelloDeadline = Patience }, cancellationToken);
        try
        {
            return await question(guest, cancellationToken);
        }
        finally
        {
            await guest.LeaveAsync();
        }
    }
}
