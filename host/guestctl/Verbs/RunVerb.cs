using System.CommandLine;
using GuestAgent.Cli.Completion;
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
        Description = "Environment variable, any number of times; without a value ours is passed on",
        HelpName = "NAME[=VALUE]",
    };

    private readonly Option<string[]> _environmentFiles = new("--env-file")
    {
        Description = "File with a variable on each line, as for --env; # begins a comment; any number of times",
        HelpName = "FILE",
    };

    private readonly SecondsOption _timeout = new(
        "--timeout",
        "Seconds after which the guest ends it, or none where its policy has no limit; the policy's by default",
        GuestCommand.MaxTimeout,
        takesNone: true);

    private readonly Option<bool> _raw = new("--raw")
    {
        Description = "Pass what cannot be seen on to a terminal too, such as colours; it could command it",
    };

    public RunVerb()
        : base(
            "run",
            "Run a program of this host in the guest: its output is ours as it comes, its exit code too.",
            "guestctl -g hybrid:///run/vm1/v.sock:1024 run --runtime python main.py\n" +
            "  echo 'print(6 * 7)' | guestctl -g vsock://3:1024 run -r python -")
    {
        _runtime.CompletionSources.Add(GuestWords.Runtimes);
        Add(_program);
        Add(_runtime);
        Add(_entrypoint);
        Add(_input);
        Add(_environment);
        Add(_environmentFiles);
        Add(_timeout);
        Add(_raw);
    }

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) =>
        parsed.GetValue(_program) == StandardInput || parsed.GetValue(_input) == StandardInput;

    /// <inheritdoc/>
    protected override async Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestEndpoint endpoint = GlobalOptions.Endpoint(parsed);
        WorkloadRequest request = await ReadAsync(parsed, interrupts.First);
        await using WorkloadClient client =
            await WorkloadClient.DialAsync(endpoint, GlobalOptions.Client(parsed), interrupts.First);
        await SendAsync(client, request, interrupts.First);
        await using CancellationTokenRegistration asking = interrupts.First.Register(() => _ = client.CancelAsync());
        await PrintAsync(client, report, parsed.GetValue(_raw), interrupts.Second);
        WorkloadResult result = await client.ReceiveResultAsync(interrupts.Second);
        if (report.IsJson)
        {
            report.Json(WorkloadReport.Of(result), OutputJson.Default.WorkloadReport);
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

    private static async Task PrintAsync(
        WorkloadClient client, Report report, bool isRaw, CancellationToken cancellationToken)
    {
        await using Stream output = Screen.Output(isRaw);
        await using Stream error = Screen.Errors(isRaw);
        await foreach (WorkloadOutput piece in client.StreamOutputAsync(cancellationToken))
        {
            if (!report.IsJson)
            {
                await (piece.Stream == "stderr" ? error : output).WriteAsync(piece.Data, cancellationToken);
            }
        }
    }

    private static int Fail(WorkloadResult result)
    {
        string known = result.Runtimes is { Count: > 0 } names ? $" It has {string.Join(", ", names)}." : "";
        StandardStreams.WriteError($"guestctl: {GuestText.OneLine(result.Error! + known)}\n");
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
            Code = isDirectory ? "" : await InputFile.ReadTextAsync(program, cancellationToken),
            Archive = isDirectory ? await PackAsync(program, cancellationToken) : default,
            Input = input is null ? default : await InputFile.ReadAsync(input, cancellationToken),
            Entrypoint = parsed.GetValue(_entrypoint),
            ExactOutput = true,
            Environment = Variables.Read(
                [.. await Variables.LinesAsync(parsed.GetValue(_environmentFiles) ?? [], cancellationToken), .. parsed.GetValue(_environment) ?? []]),
            Timeout = parsed.GetValue(_timeout),
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
        catch (ArgumentException e)
        {
            throw new UsageException($"a name in {directory} is not UTF-8", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NoInputException($"cannot read all of {directory}", e);
        }
    }
}
