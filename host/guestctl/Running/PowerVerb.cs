using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Power;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>A verb that ends the guest's uptime, or takes that back.</summary>
internal abstract class PowerVerb : GuestVerb
{
    private readonly SecondsOption _in = new(
        "--in", "Seconds until it begins; 60 by default, 0 for now", TimeSpan.FromDays(1), TimeSpan.Zero);

    private readonly Option<bool> _force = new("--force", "-f")
    {
        Description = "Do not wait for services to stop; file systems are synchronised all the same",
    };

    private readonly Option<string?> _message = new("--message", "-m")
    {
        Description = "A line for the users of the guest and its log",
        HelpName = "TEXT",
    };

    private readonly Option<bool> _cancel = new("--cancel", "-c")
    {
        Description = "Take back a shutdown or reboot that has not begun",
    };

    protected PowerVerb(string name, string description, string example)
        : base(name, description, example)
    {
        Add(_in);
        Add(_force);
        Add(_message);
        Add(_cancel);
        Validators.Add(result =>
        {
            if (result.GetResult(_cancel) is not null
                && new Option[] { _in, _force, _message }.Any(option => result.GetResult(option) is not null))
            {
                result.AddError("--cancel goes with none of --in, --force and --message");
            }
        });
    }

    /// <summary>Arranges it.</summary>
    protected abstract Task<PowerResult> ArrangeAsync(
        GuestClient guest, PowerOptions options, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        if (parsed.GetValue(_cancel))
        {
            ShutdownCancelResult cancelled = await guest.Power.CancelAsync(interrupts.First);
            report.Result(cancelled, ShutdownCancelJson.Default.ShutdownCancelResult, static result =>
                [result.Cancelled ? "Cancelled." : "There was nothing to cancel."]);
            return ExitCodes.Success;
        }

        var options = new PowerOptions { Force = parsed.GetValue(_force), Message = parsed.GetValue(_message) };
        PowerResult arranged = await ArrangeAsync(
            guest, parsed.GetValue(_in) is { } delay ? options with { Delay = delay } : options, interrupts.First);
        report.Result(arranged, ShutdownJson.Default.PowerResult, static result => [result.Message]);
        return ExitCodes.Success;
    }
}
