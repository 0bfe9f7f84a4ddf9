using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Cli.Output;
using GuestAgent.Host;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Cli.Live;

/// <summary>
/// The terminal's other screen, drawn anew again and again, with keys that come one by one. All is as before when it is
/// disposed, and while the process is stopped (Ctrl-Z).
/// </summary>
internal sealed unsafe class LiveScreen : IDisposable
{
    private const int StandardInput = 0;

    // Other screen, no cursor. And back. To the corner; clear the rest of the line; of the screen.
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Corner = "\e[H";
    private const string RestOfLine = "\e[K";
    private const string RestOfScreen = "\e[J";

    private readonly Lock _gate = new();
    private readonly termios _before;
    private readonly PosixSignalRegistration _stopping;
    private readonly PosixSignalRegistration _continuing;
    private bool _isTaken;
    private bool _isOver;

    /// <summary>Takes the terminal that standard input and output are.</summary>
    public LiveScreen()
    {
        termios before;
        // SAFETY: the call fills one structure, which is local; also below.
        _ = LibC.tcgetattr(StandardInput, &before);
        _before = before;
        Take();
        _stopping = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => GiveBack());
        _continuing = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Take());
    }

    /// <summary>Completes when somebody presses q, or when the terminal is gone.</summary>
    public static Task WaitForQuitAsync() => Task.Factory.StartNew(
        static () =>
        {
            using var keys = new FileStream(
                new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0, isAsync: false);
            while (keys.ReadByte() is not ('q' or 'Q' or -1))
            {
                // Another key.
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Draws a page.</summary>
    /// <param name="lines">Its lines; those for which there is no room are left out.</param>
    public void Draw(IEnumerable<string> lines)
    {
        var page = new StringBuilder(Corner);
        foreach (string line in lines.Take(Math.Max(1, Screen.Height - 1)))
        {
            page.Append(GuestText.OneLine(line, int.MaxValue)).Append(RestOfLine).Append("\r\n");
        }

        page.Append(RestOfScreen);
        lock (_gate)
        {
            if (_isTaken)
            {
                Write(page.ToString());
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _continuing.Dispose();
        GiveBack();
        lock (_gate)
        {
            _isOver = true;
        }
    }

    private static void Write(string text)
    {
        using Stream output = StandardStreams.OpenOutput();
        output.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Take()
    {
        lock (_gate)
        {
            if (_isTaken || _isOver)
            {
                return;
            }

            termios modes = _before;
            modes.c_lflag &= ~(LibC.ICANON | LibC.ECHO);
            _ = LibC.tcsetattr(StandardInput, (int)LibC.TCSANOW, &modes);
            Write(Enter);
            _isTaken = true;
        }
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            if (_isTaken)
            {
                Write(Leave);
                termios modes = _before;
                _ = LibC.tcsetattr(StandardInput, (int)LibC.TCSANOW, &modes);
                _isTaken = false;
            }
        }
    }
}
