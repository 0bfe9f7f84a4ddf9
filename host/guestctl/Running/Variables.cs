using GuestAgent.Cli.Local;

namespace GuestAgent.Cli.Running;

/// <summary>Environment variables for what runs in the guest.</summary>
internal static class Variables
{
    /// <summary>The lines of files that name variables, without comments and empty ones.</summary>
    /// <param name="files">The files; <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NoInputException">One cannot be read.</exception>
    /// <exception cref="UsageException">One is too long, or not UTF-8.</exception>
    public static async Task<IReadOnlyList<string>> LinesAsync(string[] files, CancellationToken cancellationToken)
    {
        List<string> lines = [];
        foreach (string file in files)
        {
            foreach (string line in (await InputFile.ReadTextAsync(file, cancellationToken)).Split('\n'))
            {
                string text = line.TrimEnd('\r');
                if (text.Trim() is not ("" or ['#', ..]))
                {
                    lines.Add(text.TrimStart());
                }
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
