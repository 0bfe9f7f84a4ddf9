using System.CommandLine;
using System.Text;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl run</c>: has a guest run a program of this host, over its dialect <c>workload</c>.</summary>
internal sealed class RunVerb : ReportedVerb
{
    private const string StandardInput = "-";
    private const int MaxRequestBytes = 16 * 1024 * 1024;

    private readonly Argument<string> _program = new("PROGRAM")
    {
        Description = "A file with the program's text, - for standard input, or a directory that is sent as an archive",
    };

    private readonly Option<string> _runtime = new("--runtime", "-r")
    {
        Description = "What runs it in the guest, such as python",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string?> _entrypoint = new("--entrypoint")
    {
        Description = "The file to run; the runtime's own by default",
        HelpName = "PATH",
    };

    private readonly Option<string?> _input = new("--input")
    {
        Description = "File for the program's standard input, - for ours; empty by default",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _environment = new("--env", "-e")
    {
        Description = "Environment variable, any number of times",
        HelpName = "NAME=VALUE",
    };

    private readonly SecondsOption _timeout =
        new("--timeout", "Seconds after which the guest ends it; 30 by default", GuestCommand.MaxTimeout);

    public RunVerb()
        : base(
            "run",
            "Run a program of this host in the guest; its lines are printed as they come, its exit code is ours.",
            "guestctl -g hybrid:///run/vm1/v.sock:1024 run --runtime python main.py\n" +
            "  echo 'print(6 * 7)' | guestctl -g vsock://3:1024 run -r python -")
    {
        Add(_program);
        Add(_runtime);
        Add(_entrypoint);
        Add(_input);
        Add(_environment);
        Add(_timeout);
    }

    /// <inheritdoc/>
    protected override async Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestEndpoint endpoint = GlobalOptions.Endpoint(parsed);
        WorkloadRequest request = await ReadAsync(parsed, interrupts.First);
        await using WorkloadClient client =
            await WorkloadClient.DialAsync(endpoint, GlobalOptions.Client(parsed), interrupts.First);
        await SendAsync(client, request, interrupts.First);
        await using CancellationTokenRegistration asking = interrupts.First.Register(() => _ = client.CancelAsync());
        await PrintAsync(client, report, interrupts.Second);
        WorkloadResult result = await client.ReceiveResultAsync(interrupts.Second);
        if (report.IsJson)
        {
            report.Json(result, OutputJson.Default.WorkloadResult);
        }

        return result.Error is null ? ExitCodes.Of(result.ExitCode, result.Signal) : interrupts.ExitCode ?? Fail(result);
    }

    private static async Task SendAsync(WorkloadClient client, WorkloadRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync(request, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new UsageException(
                "the program and its input are too long: a request has at most 16 MiB, with archive and input in base64", e);
        }
    }

    private static async Task PrintAsync(WorkloadClient client, Report report, CancellationToken cancellationToken)
    {
        await using Stream output = StandardStreams.OpenOutput();
        await using Stream error = StandardStreams.OpenError();
        await client.StreamLogsAsync(
            log =>
            {
                if (!report.IsJson)
                {
                    (log.Stream == "stderr" ? error : output).Write(Encoding.UTF8.GetBytes(log.Line + "\n"));
                }
            },
            cancellationToken);
    }

    private static int Fail(WorkloadResult result)
    {
        Console.Error.WriteLine($"guestctl: {GuestText.OneLine(result.Error!)}");
        return result.ErrorCode switch
        {
            "timed_out" => ExitCodes.TimedOut,
            "permission_denied" => ExitCodes.Refused,
            "busy" => ExitCodes.Busy,
            "command_failed" => ExitCodes.CannotStart,
            "invalid_parameters" or "too_large" => ExitCodes.Usage,
            _ => ExitCodes.GuestError,
        };
    }

    private async Task<WorkloadRequest> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string program = parsed.GetValue(_program)!;
        bool isDirectory = program != StandardInput && Directory.Exists(program);
        string? input = parsed.GetValue(_input);
        if (program == StandardInput && input == StandardInput)
        {
            throw new UsageException("standard input cannot be both the program and its input");
        }

        return new WorkloadRequest(parsed.GetValue(_runtime)!)
        {
            Code = isDirectory ? "" : Encoding.UTF8.GetString(await ReadFileAsync(program, cancellationToken)),
            Archive = isDirectory ? await PackAsync(program, cancellationToken) : default,
            Input = input is null ? default : await ReadFileAsync(input, cancellationToken),
            Entrypoint = parsed.GetValue(_entrypoint),
            Environment = ExecVerb.ReadEnvironment(parsed.GetValue(_environment) ?? []),
            Timeout = parsed.GetValue(_timeout) ?? TimeSpan.FromSeconds(30),
        };
    }

    private static async Task<ReadOnlyMemory<byte>> PackAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkloadArchive.PackAsync(directory, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new UsageException($"{directory} is too long: a request has at most 16 MiB, with its archive in base64", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoInputException($"cannot read all of {directory}", e);
        }
    }

    private static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        await using Stream input =
            file == StandardInput ? Console.OpenStandardInput() : LocalSource.Open(file, isNamed: true, out _);
        // No request can have more, and a device never ends.
        byte[] buffer = new byte[64 * 1024];
        using var content = new MemoryStream();
        try
        {
            while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await content.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                if (content.Length > MaxRequestBytes)
                {
                    throw new UsageException($"{file} is too long: a request has at most 16 MiB");
                }
            }
        }
        catch (IOException e)
        {
            throw new NoInputException($"cannot read {file}", e);
        }

        return content.ToArray();
    }
}
