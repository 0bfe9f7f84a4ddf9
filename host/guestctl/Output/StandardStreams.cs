using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Output;

/// <summary>This process's own three streams as raw bytes.</summary>
internal static class StandardStreams
{
    private const string OwnInput = "-";

    /// <summary>What to forward to the command; null for nothing.</summary>
    /// <param name="wanted">True when <c>--stdin</c> was given.</param>
    /// <param name="file">Its value: a file, or null or <c>-</c> for our own standard input.</param>
    /// <exception cref="NoInputException">The file cannot be opened.</exception>
    public static Stream? OpenInput(bool wanted, string? file)
    {
        if (!wanted)
        {
            return null;
        }

        try
        {
            return file is null or OwnInput ? Console.OpenStandardInput() : File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoInputException($"cannot read {file}", e);
        }
    }

    /// <summary>Standard output, unbuffered.</summary>
    public static Stream OpenOutput() => Open(1, Console.OpenStandardOutput);

    /// <summary>Standard error, unbuffered.</summary>
    public static Stream OpenError() => Open(2, Console.OpenStandardError);

    /// <summary>
    /// Writes text to standard error. The console's own writer would first switch a terminal's keypad to another mode.
    /// </summary>
    public static void WriteError(string text)
    {
        try
        {
            using Stream error = OpenError();
            error.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody listens; the exit code tells all the same.
            return;
        }
    }

    // The console's stream hides that nobody reads a pipe any more; a file stream keeps a file position of its own,
    // which two descriptors of one file must not. So: each where the other fails.
    private static Stream Open(int descriptor, Func<Stream> console)
    {
        var file = new FileStream(
            new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0, isAsync: false);
        return file.CanSeek ? console() : file;
    }
}
