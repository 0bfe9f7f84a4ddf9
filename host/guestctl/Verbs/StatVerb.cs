using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl stat</c>: what is at a path?</summary>
internal sealed class StatVerb : PathsVerb
{
    private readonly Option<bool> _follow = new("--dereference", "-L") { Description = "Follow symbolic links" };

    public StatVerb()
        : base(
            "stat",
            "Show what is at a path of the guest.",
            "What to show",
            "guestctl -g /run/vm1/agent.sock stat -L /etc/localtime") => Add(_follow);

    /// <summary>The lines for people.</summary>
    /// <param name="file">What stat(2) told.</param>
    /// <param name="zone">Where the clock on the wall hangs.</param>
    public static IEnumerable<string> Describe(FileStatResult file, TimeZoneInfo zone) =>
    [
        $"path      {FileNameText.Of(file.Path)}{(file.LinkTarget is { } target ? $" -> {FileNameText.Of(target)}" : "")}",
        $"type      {FileWords.Type(file.Type)}",
        $"size      {file.SizeBytes}",
        $"mode      {file.Permissions} ({FileWords.Mode(file.Type, file.Permissions)})",
        $"owner     {FileWords.Account(file.Owner, file.UserId)} ({file.UserId})",
        $"group     {FileWords.Account(file.Group, file.GroupId)} ({file.GroupId})",
        $"links     {file.Links}",
        $"inode     {file.Inode} on device {file.Device}",
        $"modified  {GuestInstant.Seconds(file.ModifiedMs, zone)}",
        $"accessed  {GuestInstant.Seconds(file.AccessedMs, zone)}",
        $"changed   {GuestInstant.Seconds(file.ChangedMs, zone)}",
    ];

    /// <inheritdoc/>
    protected override async Task RunAsync(
        GuestClient guest, string path, ParseResult parsed, Report report, CancellationToken cancellationToken)
    {
        FileStatResult file = await guest.Files.StatAsync(path, parsed.GetValue(_follow), cancellationToken);
        report.Result(file, FileStatJson.Default.FileStatResult, static file => Describe(file, TimeZoneInfo.Local));
    }
}
