using System.Text.Json;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>Plays one transcript against a running agent.</summary>
/// <param name="transcript">What is to be said.</param>
/// <param name="client">The host's end.</param>
internal sealed class TranscriptRun(Transcript transcript, RawClient client)
{
    private readonly List<Step> _anyOrder = [];
    private readonly Dictionary<string, string> _captured = new(StringComparer.Ordinal);

    /// <summary>Plays it; throws at the first difference.</summary>
    public async Task PlayAsync()
    {
        foreach (Step written in transcript.Steps)
        {
            Step step = written with
            {
                Text = _captured.Aggregate(
                    written.Text, (text, captured) => text.Replace(captured.Key, captured.Value, StringComparison.Ordinal)),
            };
            if (step.Kind == StepKind.ReceiveAnyOrder)
            {
                _anyOrder.Add(step);
                continue;
            }

            await ExpectAnyOrderAsync();
            await PlayAsync(step);
        }

        await ExpectAnyOrderAsync();
        if (transcript.Steps[^1].Kind != StepKind.End)
        {
            await ExpectNothingMoreAsync();
        }
    }

    private async Task PlayAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Send:
                await client.SendBytesAsync((byte[])[.. Transcript.Bytes(step.Text[1..], step.Text[0] == '!'), (byte)'\n']);
                break;
            case StepKind.End:
                if (await client.ReadLineAsync() is { } line)
                {
                    throw Difference(step, line);
                }

                break;
            default:
                await ExpectAsync([step]);
                break;
        }
    }

    private async Task ExpectAnyOrderAsync()
    {
        while (_anyOrder.Count > 0)
        {
            _anyOrder.Remove(await ExpectAsync(_anyOrder));
        }
    }

    private async Task<Step> ExpectAsync(List<Step> steps)
    {
        string line;
        try
        {
            line = await client.ReadLineAsync() ?? "the end of the connection";
        }
        catch (TimeoutException)
        {
            line = "nothing";
        }

        Step found = steps.FirstOrDefault(step => Matches(step.Text, line)) ?? throw Difference(steps[0], line);
        using JsonDocument expected = JsonDocument.Parse(found.Text);
        using JsonDocument actual = JsonDocument.Parse(line);
        JsonPattern.Capture(expected.RootElement, actual.RootElement, _captured);
        return found;
    }

    private async Task ExpectNothingMoreAsync()
    {
        // Refused in its turn by every listener; a ping would not wait for its turn.
        await client.SendAsync(Requests.Call("is that all?", "is_that_all"));
        await ExpectAsync([new Step(
            StepKind.Receive, """{"jsonrpc":"2.0","id":"is that all?","error":"*"}""", transcript.Steps[^1].Line + 1)]);
    }

    private static bool Matches(string expected, string actual)
    {
        try
        {
            using JsonDocument pattern = JsonDocument.Parse(expected);
            using JsonDocument message = JsonDocument.Parse(actual);
            return JsonPattern.Matches(pattern.RootElement, message.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static InvalidOperationException Difference(Step step, string actual) => new(
        $"line {step.Line}: expected {(step.Kind == StepKind.End ? "the end of the connection" : step.Text)}\n     but was {actual}");
}
