using System.Threading.Channels;

namespace GuestAgent.Tests.Testing;

/// <summary>What the agent writes to its standard error, line by line.</summary>
public sealed class AgentLog
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly Channel<bool> _news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>All lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits, bounded, for a line that contains all of <paramref name="texts"/>.</summary>
    public async Task<string> WaitForAsync(params string[] texts)
    {
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        try
        {
            while (true)
            {
                if (Lines.FirstOrDefault(line => texts.All(text => line.Contains(text, StringComparison.Ordinal))) is { } found)
                {
                    return found;
                }

                await _news.Reader.ReadAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the log has no line with \"{string.Join("\", \"", texts)}\":\n{this}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('\n', Lines.Select(Shortened));

    internal void Add(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
        }

        _news.Writer.TryWrite(true);
    }

    private static string Shortened(string line) => line.Length <= 2000 ? line : line[..2000] + "…";
}
