using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl cat</c>: prints files.</summary>
internal sealed class CatVerb : PathsVerb
{
    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "Pass control characters on to a terminal too; they could command it",
    };

    public CatVerb()
        : base(
            "cat",
            "Print files of the guest. With --json the content is text, or base64 when it is not UTF-8.",
            "What to print",
            "guestctl -g /run/vm1/agent.sock cat /etc/os-release") => Add(_raw);

    /// <inheritdoc/>
    protected override async Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken)
    {
        if (report.IsJson)
        {
            FileReadResult result = await guest.CallAsync(
                FileRead.Contract, new FileReadRequest(path, TextEncoding.Auto), cancellationToken);
            report.Json(result, FileReadJson.Default.FileReadResult);
            return;
        }

        using Stream output = Screen.Output(parsed.GetValue(_raw));
        await guest.Files.DownloadAsync(path, output, cancellationToken: cancellationToken);
    }
}
