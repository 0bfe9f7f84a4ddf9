using System.Text;
using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Operations.Exec;
using GuestAgent.Policy;
using Xunit;

namespace GuestAgent.Tests.Unit.Commands;

public sealed class ExecResultsTests
{
    [Fact]
    public void Bytes_that_are_no_text_are_exact()
    {
        byte[] bytes = [0, 0xFF, 0x80, 10];
        ExecCommandResult result = Report(bytes, 100, TextEncoding.Auto);
        Assert.Equal((TextEncoding.Base64, Convert.ToBase64String(bytes)), (result.Encoding, result.Stdout));
    }

    [Fact]
    public void Asked_for_text_wrong_bytes_are_replaced()
    {
        ExecCommandResult result = Report([(byte)'a', 0xFF], 100, TextEncoding.Utf8);
        Assert.Equal((TextEncoding.Utf8, "a\uFFFD"), (result.Encoding, result.Stdout));
    }

    [Fact]
    public void A_cap_that_cuts_a_character_leaves_text()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("aé€😀");
        for (int cap = 0; cap <= bytes.Length; cap++)
        {
            ExecCommandResult result = Report(bytes, cap, TextEncoding.Auto);
            Assert.Equal(TextEncoding.Utf8, result.Encoding);
            Assert.StartsWith(result.Stdout, "aé€😀", StringComparison.Ordinal);
            Assert.Equal((cap < bytes.Length, bytes.Length), (result.StdoutTruncated, (int)result.StdoutBytes));
        }
    }

    [Theory]
    [InlineData(EndReason.TimedOut, ErrorCode.TimedOut)]
    [InlineData(EndReason.Cancelled, ErrorCode.Cancelled)]
    internal void A_command_that_was_ended_carries_its_partial_result(EndReason reason, ErrorCode code)
    {
        var e = Assert.Throws<OperationException>(() => Report("partial"u8.ToArray(), 100, TextEncoding.Auto, reason));
        Assert.Equal(code, e.Code);
        Assert.Equal("partial", e.Detail!.Result!.Value.GetProperty("stdout").GetString());
        Assert.Equal(reason == EndReason.TimedOut, e.Detail.Result.Value.GetProperty("timed_out").GetBoolean());
    }

    [Fact]
    public void A_time_limit_says_whose_it_is_and_how_long()
    {
        var e = Assert.Throws<OperationException>(() => Report([], 100, TextEncoding.Auto, EndReason.TimedOut));
        Assert.Equal(("The command exceeded its time limit, a.b: 1.5 s.", "a.b"), (e.Message, e.Detail!.Rule));
    }

    private static ExecCommandResult Report(byte[] bytes, int cap, TextEncoding wanted, EndReason reason = EndReason.Exited)
    {
        var stdout = new CapturedOutput(cap);
        stdout.WriteAsync(bytes, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var outcome = new CommandOutcome(new ExitStatus(0, null, false, default), TimeSpan.Zero, reason);
        return ExecResults.Report(outcome, stdout, new CapturedOutput(cap), wanted, new TimeLimit(TimeSpan.FromSeconds(1.5), "a.b", "a.b"));
    }
}
