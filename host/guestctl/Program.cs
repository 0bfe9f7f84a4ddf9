using System.CommandLine;
using GuestAgent.Cli;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Cli.Verbs;

// Before anything is opened: what is opened must not become standard input, output or error.
StandardDescriptor.TakeFreeNumbers();
Preparation.Begin(args);

// A directive is how shells ask for completions.
bool isDirective = args is [['[', ..], ..];
Command root = isDirective ? VerbTable.CreateForShells() : VerbTable.CreateRoot();
string[] words = args;
try
{
    ArgumentBytes.Require(args);
    words = isDirective ? args : new Words(root).Arrange(args);
}
catch (UsageException e)
{
    return new Report(args.TakeWhile(word => word != "--").Contains(GlobalOptions.Json.Name)).Fail(e);
}

// A command for the guest may well have an argument that begins with @.
ParseResult parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
if (parsed.Action is System.CommandLine.Invocation.ParseErrorAction)
{
    return Report.For(parsed).Fail(new UsageException($"{ParserFault.Of(parsed)} (see {parsed.CommandLine()} --help)"));
}

// Help, and what else does not come from a guest.
using var text = new StringWriter();
int code = await parsed.InvokeAsync(new InvocationConfiguration
{
    Output = text,
    // Signals and exceptions are our own business: a command in the guest must be ended, not only this process.
    ProcessTerminationTimeout = null,
    EnableDefaultExceptionHandler = false,
});
try
{
    if (text.ToString() is { Length: > 0 } own)
    {
        Report.Text(own);
    }

    return code;
}
catch (Exception e) when (e is IOException or NoOutputException)
{
    return Report.For(parsed).Fail(e);
}
