using System.Text;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Integration.Service;

/// <summary>The reader of an agent's log, who begins to read when a test wants it, and sees the very bytes.</summary>
internal sealed class LateReader(Stream stream) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();

    /// <summary>What he has read so far, split at line feeds alone, without warnings of the configuration.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _text.ToString().Split('\n').Where(line => !line.Contains("/config.json: $.", StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>Begins to read.</summary>
    public LateReader Start()
    {
        _ = ReadAllAsync();
        return this;
    }

    /// <summary>Waits, bounded, for a whole line that contains a text.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        string? Found() => Lines.SkipLast(1).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
        await Bounded.UntilAsync(
            () => Found() is not null, () => $"a line with {text}:\n{string.Join('\n', Lines.TakeLast(20))}");
        return Found()!;
    }

    public void Dispose() => stream.Dispose();

    private async Task ReadAllAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                lock (_gate)
                {
                    _text.Append(Encoding.UTF8.GetString(buffer, 0, count));
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            // The test has ended.
            return;
        }
    }
}
