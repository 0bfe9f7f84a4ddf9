using System.Diagnostics;
using System.Text;

namespace GuestAgent.Tests.Testing;

/// <summary>
/// The published host command while it runs. Its outputs are read as Latin-1, so that each character is one byte.
/// </summary>
public sealed class Guestctl : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private Guestctl(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Absolute path: <c>GUESTCTL_BIN</c>, or what <c>make</c> publishes.</summary>
    public static string Path { get; } = PublishedProgram.Find("bin/guestctl", "GUESTCTL_BIN");

    /// <summary>Starts it.</summary>
    /// <param name="endpoint">The guest, for the environment; null for none.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Guestctl Start(string? endpoint, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
        };
        start.Environment["GUESTCTL_ENDPOINT"] = endpoint;
        return new Guestctl(Process.Start(start)!);
    }

    /// <summary>Runs it to its end, with nothing on its standard input.</summary>
    public static Task<ProgramRun> RunAsync(string? endpoint, params string[] arguments) =>
        RunWithInputAsync([], endpoint, arguments);

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramRun> RunWithInputAsync(byte[] input, string? endpoint, params string[] arguments)
    {
        using Guestctl run = Start(endpoint, arguments);
        Task<ProgramRun> end = run.EndAsync();
        await run.WriteAsync(input);
        run.CloseInput();
        return await end;
    }

    /// <summary>Writes to its standard input; a run that ends before it has read all does no harm.</summary>
    public async Task WriteAsync(byte[] bytes)
    {
        try
        {
            await _process.StandardInput.BaseStream.WriteAsync(bytes);
            await _process.StandardInput.BaseStream.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <summary>Ends its standard input.</summary>
    public void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, and what was not read cannot go anywhere.
        }
    }

    /// <summary>Reads a line of its standard output.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WithinAsync(TestTimeouts.Answer, "a line of guestctl")
        ?? throw new EndOfStreamException($"guestctl has ended: {await _error}");

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Waits, bounded, for its end.</summary>
    /// <returns>What it has written since the lines that were read.</returns>
    public async Task<ProgramRun> EndAsync()
    {
        string output =
            await _process.StandardOutput.ReadToEndAsync().WithinAsync(TestTimeouts.Answer, "the end of guestctl");
        string error = await _error.WithinAsync(TestTimeouts.Answer, "the end of guestctl's standard error");
        using var end = new CancellationTokenSource(TestTimeouts.Answer);
        await _process.WaitForExitAsync(end.Token);
        return new ProgramRun(_process.ExitCode, output, error);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
