using System.Text.RegularExpressions;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Logging;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GuestAgent.Tests.Unit.Dispatch;

public sealed partial class AuditLogTests
{
    private readonly WatchedClock _clock = new();
    private readonly Records _records = new();
    private readonly AuditLog _audit;

    public AuditLogTests() => _audit = new AuditLog(_records, _clock);

    [Fact]
    public void What_changes_something_is_recorded_before_and_after_and_what_reads_afterwards()
    {
        AuditRecord command = Call(ExecCommand.Contract) with { Subject = "/bin/sh" };
        _audit.Begin(command);
        _clock.Advance(TimeSpan.FromMilliseconds(7));
        _audit.End(command, null);
        AuditRecord read = Call(FileRead.Contract) with { Subject = "/a", Bytes = 3 };
        _audit.Begin(read);
        _audit.End(read, null);
        AuditRecord input = Call(ExecStdin.Contract) with { Subject = "1" };
        _audit.Begin(input);
        _audit.End(input, null);
        const string From = "listener=l peer=- id=1 decision=allowed";
        Assert.Equal(
            [
                $"audit op=exec_command {From} outcome=started rule=- subject=\"/bin/sh\" bytes=0 ms=0",
                $"audit op=exec_command {From} outcome=ok rule=- subject=\"/bin/sh\" bytes=0 ms=7",
                $"audit op=file_read {From} outcome=ok rule=- subject=\"/a\" bytes=3 ms=0",
            ],
            _records.Texts);
    }

    [Fact]
    public void What_was_not_granted_may_be_lost_first_and_nothing_else()
    {
        _audit.End(Call(FileRead.Contract), new Failure(ErrorCode.PermissionDenied, "No.", new ErrorDetail("policy")));
        _audit.End(Call(FileRead.Contract), new Failure(ErrorCode.InvalidParameters, "What?"));
        _audit.End(Call(FileRead.Contract) with { Subject = "/a" }, new Failure(ErrorCode.NotFound, "Nothing there."));
        _audit.Close();
        Assert.Equal([LogEvents.Refusal, LogEvents.Refusal], _records.Events[..2]);
        Assert.NotEqual(LogEvents.Refusal, _records.Events[2]);
    }

    [Fact]
    public void A_name_cannot_forge_further_fields()
    {
        _audit.End(Call(FileRead.Contract, "unix:/a\" decision=allowed\\"), new Failure(ErrorCode.PermissionDenied, "No."));
        Assert.StartsWith(
            "audit op=file_read listener=\"unix:/a\\\" decision=allowed\\\\\" peer=- id=1 decision=denied ",
            Assert.Single(_records.Texts),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_host_says_of_a_call_for_tracing_is_one_field_whatever_it_says()
    {
        AuditRecord traced = Call(FileRead.Contract) with { Subject = "/a" };
        _audit.End(traced with { Context = traced.Context with { Trace = "traceparent=\"x\" decision=denied" } }, null);
        Assert.StartsWith(
            "audit op=file_read listener=l peer=- id=1 trace=\"traceparent=\\\"x\\\" decision=denied\" decision=allowed ",
            Assert.Single(_records.Texts),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_manual_has_every_field_in_its_order_and_every_outcome()
    {
        string manual = File.ReadAllText(Path.Combine(Repository.Root, "packaging/man/guest-agent.8"));
        string section = manual[manual.IndexOf(".Ss The audit records", StringComparison.Ordinal)..];
        AuditRecord traced = Call(FileRead.Contract) with { Subject = "/a" };
        _audit.End(traced with { Context = traced.Context with { Trace = "_meta={}" } }, null);
        string[] written = [.. Field().Matches(_records.Texts[0]).Select(match => match.Groups[1].Value)];
        string[] told = [.. section.Split('\n')
            .SkipWhile(line => line != ".It Cm op").TakeWhile(line => line != ".El")
            .Where(line => line.StartsWith(".It Cm ", StringComparison.Ordinal))
            .SelectMany(line => line[".It Cm ".Length..].Split(" , "))];
        Assert.Equal(written, told);

        // What is no request of an operation has no record.
        IEnumerable<string> outcomes = Enum.GetValues<ErrorCode>()
            .Where(code => code is not (ErrorCode.ParseError or ErrorCode.UnknownOperation))
            .Select(code => Words.SnakeCase(code));
        Assert.All(
            [.. outcomes, "started", "ok", "repeats", "covers"],
            word => Assert.Contains($".Cm {word}", section, StringComparison.Ordinal));
    }

    [GeneratedRegex(" ([a-z]+)=")]
    private static partial Regex Field();

    private AuditRecord Call(IOperationContract contract, string listener = "l") => new(
        contract,
        new CallContext(new Caller(listener, "-", null), Session: null!, new CallId("1"), Events: null!),
        _clock.GetTimestamp());

    private sealed class Records : ILogger<AuditLog>
    {
        public List<string> Texts { get; } = [];

        public List<int> Events { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            Texts.Add(formatter(state, exception));
            Events.Add(eventId.Id);
        }
    }
}
