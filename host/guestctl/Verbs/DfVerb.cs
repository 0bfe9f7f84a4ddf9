using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Paths;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Info;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl df</c>: how full are the file systems?</summary>
internal sealed class DfVerb : GuestVerb
{
    private readonly Option<bool> _inodes = new("--inodes", "-i") { Description = "Show inodes instead of bytes" };

    private readonly GuestPathsArgument _paths = new("Only the file systems that these are in") { Arity = ArgumentArity.ZeroOrMore };

    private readonly Option<bool> _type = new("--print-type", "-T") { Description = "Show the type, which it does anyway" };

    private readonly SizeOptions _sizes = new();

    public DfVerb()
        : base("df", "Show how full the guest's file systems are.", "guestctl -g /run/vm1/agent.sock df -h")
    {
        Add(_paths);
        Add(_inodes);
        Add(_type);
        _sizes.AddTo(this);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        DiskUsage usage = await guest.GetDiskUsageAsync(interrupts.First);
        if (parsed.GetResult(_paths) is { Tokens.Count: > 0 })
        {
            usage = usage with
            {
                Filesystems = [.. parsed.GetValue(_paths)!.Select(path => FileSystems.Of(path, usage)
                    ?? throw new NoInputException($"{path} is in none of the file systems that the agent tells"))],
            };
        }

        report.Result(usage, GetDiskUsageJson.Default.DiskUsage, usage => parsed.GetValue(_inodes)
            ? FileSystems.Inodes(usage, report.Width)
            : FileSystems.Space(usage, _sizes.IsHuman(parsed, report), report.Width));
        return ExitCodes.Success;
    }
}
