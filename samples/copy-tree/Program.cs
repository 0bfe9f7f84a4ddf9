// Copies a directory with all that is below it into a guest, then runs a command there and shows its output while it runs.
//   usage: copy-tree ENDPOINT DIRECTORY TARGET PROGRAM [ARGUMENT...]; the command runs in TARGET
using System.Text;
using GuestAgent.Contracts.Exec;
using GuestAgent.Host;

if (args is not [var endpoint, var directory, var target, var program, .. var arguments])
{
    Console.Error.WriteLine("usage: copy-tree ENDPOINT DIRECTORY TARGET PROGRAM [ARGUMENT...]");
    return 64;
}

try
{
    await using GuestClient guest = await GuestClient.ConnectAsync(endpoint);
    await CopyAsync(guest, new DirectoryInfo(directory), target);
    return await RunAsync(guest, new GuestCommand(program, arguments) { WorkingDirectory = target });
}
catch (GuestException e)
{
    Console.Error.WriteLine(GuestText.OneLine(e.Message));
    return 1;
}

static async Task CopyAsync(GuestClient guest, DirectoryInfo from, string to)
{
    await guest.Files.CreateDirectoryAsync(to, new DirectoryOptions { CreateParents = true });
    foreach (FileSystemInfo entry in from.EnumerateFileSystemInfos())
    {
        string path = $"{to}/{entry.Name}";
        if (entry.LinkTarget is { } leadsTo)
        {
            await guest.Files.CreateLinkAsync(path, leadsTo, overwrite: true);
        }
        else if (entry is DirectoryInfo below)
        {
            await CopyAsync(guest, below, path);
        }
        else
        {
            await using FileStream content = File.OpenRead(entry.FullName);
            string permissions = Convert.ToString((int)entry.UnixFileMode & 0b111_111_111, 8).PadLeft(4, '0');
            await guest.Files.UploadAsync(content, path, new UploadOptions { Permissions = permissions });
        }
    }
}

static async Task<int> RunAsync(GuestClient guest, GuestCommand command)
{
    await using GuestProcess process = await guest.StartAsync(command);
    var lines = new Dictionary<OutputChannel, StringBuilder>();
    var decoders = new Dictionary<OutputChannel, Decoder>();
    await foreach (OutputChunk chunk in process.ReadOutputAsync())
    {
        if (!lines.TryGetValue(chunk.Stream, out StringBuilder? line))
        {
            line = lines[chunk.Stream] = new StringBuilder();
            decoders[chunk.Stream] = Encoding.UTF8.GetDecoder();
        }

        // A character, and a line, may come in two pieces.
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(chunk.Data.Length)];
        int count = decoders[chunk.Stream].GetChars(chunk.Data.Span, characters, flush: false);
        foreach (char character in characters.AsSpan(0, count))
        {
            if (character == '\n')
            {
                Show(chunk.Stream, line);
            }
            else
            {
                line.Append(character);
            }
        }
    }

    foreach ((OutputChannel stream, StringBuilder rest) in lines.Where(line => line.Value.Length > 0))
    {
        Show(stream, rest);
    }

    // ReadOutputAsync throws where the connection ended before the command: this is how the command ended.
    CommandExit exit = await process.Completion;
    if (exit.OutputTruncated || exit.ErrorTruncated)
    {
        Console.Error.WriteLine("Not all of the output has come.");
    }

    return exit.Signal is { } signal ? 128 + signal : exit.ExitCode;
}

static void Show(OutputChannel stream, StringBuilder line)
{
    // The guest is not trusted: what would command a terminal is shown, not obeyed.
    (stream == OutputChannel.Stdout ? Console.Out : Console.Error).WriteLine(GuestText.OneLine(line.ToString()));
    line.Clear();
}
