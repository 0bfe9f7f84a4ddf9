using System.CommandLine;
using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Power;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>A verb that ends the guest's uptime, or takes that back.</summary>
internal abstract class PowerVerb : GuestVerb
{
    private const int MostMinutes = 24 * 60;

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

    private readonly Argument<TimeSpan?> _time = new("TIME")
    {
        Description = "When, as for shutdown(8): now, or +MINUTES",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static result =>
        {
            string word = result.Tokens[0].Value;
            string minutes = word.TrimStart('+');
            if (word == "now")
            {
                return TimeSpan.Zero;
            }

            if (int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MostMinutes)
            {
                return TimeSpan.FromMinutes(number);
            }

            result.AddError($"{word}: the time is now, or +MINUTES up to {MostMinutes}");
            return null;
        },
    };

    protected PowerVerb(string name, string description, string example)
        : base(name, description, example)
    {
        Add(_time);
        Add(_in);
        Add(_force);
        Add(_message);
        Add(_cancel);
        Validators.Add(result =>
        {
            bool hasTime = result.GetResult(_time) is { Tokens.Count: > 0 };
            if (result.GetResult(_cancel) is not null
                && (hasTime || new Option[] { _in, _force, _message }.Any(option => result.GetResult(option) is not null)))
            {
                result.AddError("--cancel goes with no time and none of --in, --force and --message");
            }

            if (hasTime && result.GetResult(_in) is not null)
            {
                result.AddError("--in and a time exclude each other");
            }
        });
    }

    /// <summary>Arranges it.</summary>
    protected abstract Task<PowerResult> ArrangeAsync(
        GuestClient guest, ParseResult parsed, PowerOptions options, CancellationToken cancellationToken);

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
        TimeSpan? delay = parsed.GetValue(_in) ?? parsed.GetValue(_time);
        PowerResult arranged = await ArrangeAsync(
            guest, parsed, delay is { } time ? options with { Delay = time } : options, interrupts.First);
        report.Result(arranged, ShutdownJson.Default.PowerResult, static result => [result.Message]);
        return ExitCodes.Success;
    }
}
