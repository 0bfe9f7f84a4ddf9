using System.Diagnostics;
using System.Text;

namespace GuestAgent.Tests.Testing;

/// <summary>A shell command that runs on a terminal of its own, by script(1).</summary>
public sealed class TerminalRun : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _shown = new();

    private TerminalRun(Process process) => _process = process;

    /// <summary>What the terminal has been told to show so far.</summary>
    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>Starts a shell command.</summary>
    /// <param name="command">The command, for sh.</param>
    public static TerminalRun Start(string command)
    {
        var start = new ProcessStartInfo(
            "script", ["--quiet", "--return", "--flush", "--command", $"stty rows 24 cols 100; {command}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        var run = new TerminalRun(Process.Start(start)!);
        _ = run.ReadAsync();
        return run;
    }

    /// <summary>Presses keys.</summary>
    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits, bounded, until the terminal has shown a text.</summary>
    public Task ShowsAsync(string text) => Bounded.UntilAsync(
        () => Shown.Contains(text, StringComparison.Ordinal), () => $"the terminal to show {text}:\n{Shown}");

    /// <summary>Waits, bounded, for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        await _process.WaitForExitAsync(end.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_shown)
            {
                _shown.Append(buffer, 0, count);
            }
        }
    }
}
