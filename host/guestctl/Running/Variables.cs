using GuestAgent.Cli.Local;

namespace GuestAgent.Cli.Running;

/// <summary>Environment variables for what runs in the guest.</summary>
internal static class Variables
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The lines of files that name variables, without comments and empty ones.</summary>
    /// <param name="files">The files; <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">One cannot be read.</exception>
    /// <exception cref="UsageException">One is too long, not UTF-8, or has a line that names no variable.</exception>
    public static async Task<IReadOnlyList<string>> LinesAsync(string[] files, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (string file in files)
        {
            int number = 0;
            foreach (string line in (await InputFile.ReadTextAsync(file, cancellationToken)).TrimStart(ByteOrderMark).Split('\n'))
            {
                number++;
                string text = line.TrimEnd('\r').TrimStart();
                if (text is "" or ['#', ..])
                {
                    continue;
                }

                if (text.Split('=')[0] is var name && (name.Length == 0 || name.Any(char.IsWhiteSpace)))
                {
                    throw new UsageException($"{file}, line {number}: the name of a variable is not empty and has no blank");
                }

                lines.Add(text);
            }
        }

        return lines;
    }

    /// <summary>Reads <c>NAME=VALUE</c>, and <c>NAME</c> for a variable of ours that is passed on if there is one.</summary>
    /// <exception cref="UsageException">One is neither.</exception>
    public static Dictionary<string, string> Read(IEnumerable<string> settings)
    {
        var environment = new Dictionary<string, string>();
        foreach (string setting in settings)
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals == 0 || setting.Length == 0)
            {
                throw new UsageException($"--env {setting}: a variable is NAME=VALUE, or NAME to pass ours on");
            }

            if (equals > 0)
            {
                environment[setting[..equals]] = setting[(equals + 1)..];
            }
            else if (ArgumentBytes.Variable(setting) is { } ours)
            {
                environment[setting] = ours;
            }
        }

        return environment;
    }
}
