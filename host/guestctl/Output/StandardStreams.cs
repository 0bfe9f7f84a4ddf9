using System.Text;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Output;

/// <summary>This process's own three streams as raw bytes.</summary>
internal static class StandardStreams
{
    private const string OwnInput = "-";

    /// <summary>Sees to it that what will be used can be, before anything happens in the guest.</summary>
    /// <param name="input">True when standard input will be read.</param>
    /// <param name="output">True when standard output will be written.</param>
    /// <exception cref="NoInputException">Standard input cannot be read.</exception>
    /// <exception cref="NoOutputException">Standard output cannot be written.</exception>
    public static void Require(bool input, bool output)
    {
        if (input && !StandardDescriptor.IsReadable(StandardDescriptor.Input))
        {
            throw new NoInputException("standard input is not open for reading");
        }

        if (input && FileStatus.OfDescriptor(StandardDescriptor.Input).Kind == FileKind.Directory)
        {
            throw new NoInputException("standard input is a directory");
        }

        if (output && !StandardDescriptor.IsWritable(StandardDescriptor.Output))
        {
            throw new NoOutputException("standard output is not open for writing");
        }
    }

    /// <summary>What a file or standard input has.</summary>
    /// <param name="file">The file; null or <c>-</c> for standard input.</param>
    /// <exception cref="NoInputException">It cannot be opened.</exception>
    public static Stream OpenInput(string? file)
    {
        if (file is not (null or OwnInput))
        {
            return LocalSource.Open(file, isNamed: true, out _);
        }

        Require(input: true, output: false);
        return new StandardInput();
    }

    /// <summary>Standard output, unbuffered.</summary>
    /// <exception cref="NoOutputException">It is not open for writing.</exception>
    public static Stream OpenOutput()
    {
        Require(input: false, output: true);
        return Open(StandardDescriptor.Output, Console.OpenStandardOutput);
    }

    /// <summary>Closes standard output, so that whoever reads it sees its end while this process still reads.</summary>
    public static void CloseOutput() => StandardDescriptor.EndWriting(StandardDescriptor.Output);

    /// <summary>
    /// Standard error, unbuffered. Where it was closed nobody wanted to know: what is written then is dropped.
    /// </summary>
    public static Stream OpenError() => StandardDescriptor.IsWritable(StandardDescriptor.Error)
        ? Open(StandardDescriptor.Error, Console.OpenStandardError)
        : Stream.Null;

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
