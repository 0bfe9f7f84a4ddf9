using System.Text;
using System.Text.Unicode;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// Makes sure that what is executed is the program of the rule that was looked at. Where nobody but those who are trusted
/// can change its path, the kernel may follow that path once more: so a program has its own name, and a script its path. Any
/// other program is executed by the descriptor that is held; a script cannot be, as its interpreter opens a path.
/// </summary>
internal sealed class RuleProgram : IDisposable
{
    private readonly string _text;

    private RuleProgram(string text, AbsolutePath path)
    {
        _text = text;
        Path = path;
        File = ProgramFile.Find(path);
    }

    /// <summary>Its path.</summary>
    public AbsolutePath Path { get; }

    /// <summary>What that leads to.</summary>
    public ProgramFile File { get; }

    /// <summary>Finds the program of a rule.</summary>
    /// <param name="path">Its path, as the rule writes it.</param>
    /// <returns>Null when that is no path.</returns>
    public static RuleProgram? Find(string path) =>
        AbsolutePath.TryParse(path, out AbsolutePath parsed) is null ? new RuleProgram(path, parsed) : null;

    /// <summary>What is to be held for the execution; null where the path is enough.</summary>
    /// <param name="rule">Where in the configuration the path is.</param>
    /// <param name="field">The parameter that led to the rule.</param>
    /// <param name="user">The user that it is run as; null for the agent's own.</param>
    /// <param name="accounts">Knows that user.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.CommandFailed"/>: it does not exist.
    /// <see cref="ErrorCode.PermissionDenied"/>: it cannot be told what would be executed.</exception>
    public SafeFileHandle? Hold(string rule, string field, string? user, AccountPolicy accounts)
    {
        string? fault = FaultOf(File, default);
        if ((fault ?? File.Weakness) is null || user is null || accounts.TryFind(user) is not { } id)
        {
            return Hold(File, fault, rule, field);
        }

        // What only the user himself can exchange besides root gives nobody the rights of another.
        var trust = new Trust(id);
        using ProgramFile again = ProgramFile.Find(Path, trust);
        return Hold(again, FaultOf(again, trust), rule, field);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();

    private SafeFileHandle? Hold(ProgramFile program, string? fault, string rule, string field)
    {
        if (fault is not null)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied, $"{_text} {fault}.", new ErrorDetail(rule, field));
        }

        if (program.File is not { } file)
        {
            throw new OperationException(
                ErrorCode.CommandFailed,
                $"There is no program {_text}.",
                new ErrorDetail("exec", field, Errno: Errno.Name(program.Errno)));
        }

        return program.Weakness is null ? null : ProcDescriptor.Reopen(file, LibC.O_PATH);
    }

    private static string? FaultOf(ProgramFile program, Trust trust)
    {
        if (program.File is null)
        {
            return program is { Errno: Errno.EACCES, Weakness: { } place }
                ? $"is reached through a link, and others can change {place}"
                : null;
        }

        return InterpreterOf(program) is not { } interpreter ? null
            : program.Weakness is { } directory ? $"is a script, and others can change {directory} on the way to it"
            : FaultOf(interpreter, trust);
    }

    // What the kernel finds wrong with a line, or behind the last of them, it says itself.
    private static string? FaultOf(byte[] interpreter, Trust trust)
    {
        byte[]? next = interpreter;
        for (int nested = 0; next is { Length: > 0 } && nested <= InterpreterLine.MostNested; nested++)
        {
            string name = Encoding.UTF8.GetString(next);
            if (!Utf8.IsValid(next) || AbsolutePath.TryParse(name, out AbsolutePath parsed) is not null)
            {
                return $"is a script, and its interpreter {name} is no absolute path without \"..\"";
            }

            using ProgramFile found = ProgramFile.Find(parsed, trust);
            if (found.Weakness is { } place)
            {
                return $"is a script, and others can change {place} on the way to its interpreter {name}";
            }

            if (found.Errno == Errno.ELOOP)
            {
                return $"is a script, and its interpreter {name} is behind a link of /proc";
            }

            next = InterpreterOf(found);
        }

        return null;
    }

    private static byte[]? InterpreterOf(ProgramFile program)
    {
        try
        {
            return program.IsRegularFile ? InterpreterLine.Read(program.File!) : null;
        }
        catch (LinuxException e) when (!Errno.IsExhaustion(e.Errno))
        {
            // What the agent cannot read, no interpreter can that it starts; other programs need not be read.
            return null;
        }
    }
}
