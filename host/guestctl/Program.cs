using System.CommandLine;
using GuestAgent.Cli;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Verbs;

ParseResult parsed = VerbTable.CreateRoot().Parse(
    args,
    // A command for the guest may well have an argument that begins with @.
    new ParserConfiguration { ResponseFileTokenReplacer = null });
return parsed.Action is System.CommandLine.Invocation.ParseErrorAction
    ? Report.For(parsed).Fail(new UsageException(
        // Some messages of the parser are a list on several lines.
        $"{string.Join(' ', parsed.Errors[^1].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))} " +
        $"(see {parsed.CommandLine()} --help)"))
    : await parsed.InvokeAsync(new InvocationConfiguration
    {
        // Signals and exceptions are our own business: a command in the guest must be ended, not only this process.
        ProcessTerminationTimeout = null,
        EnableDefaultExceptionHandler = false,
    });
