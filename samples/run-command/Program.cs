// Runs a command in a guest, shows what it has written, and keeps a copy of that in the guest.
//   usage: run-command ENDPOINT DIRECTORY PROGRAM [ARGUMENT...]
using GuestAgent.Host;

if (args is not [var endpoint, var directory, var program, .. var arguments])
{
    Console.Error.WriteLine("usage: run-command ENDPOINT DIRECTORY PROGRAM [ARGUMENT...]");
    return 64;
}

try
{
    await using GuestClient guest = await GuestClient.ConnectAsync(endpoint);
    CommandResult result = await guest.ExecuteAsync(new GuestCommand(program, arguments));
    foreach (string line in result.OutputText.TrimEnd('\n').Split('\n'))
    {
        // The guest is not trusted: what would command a terminal is shown, not obeyed.
        Console.WriteLine(GuestText.OneLine(line));
    }

    using var copy = new MemoryStream(result.StandardOutput.ToArray());
    await guest.Files.UploadAsync(copy, $"{directory}/output.txt");
    return result.ExitCode;
}
catch (GuestException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
