using System.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Warnings;

/// <summary>A file that decides what a rule runs.</summary>
/// <param name="NamedBy">JSON path of what names it.</param>
/// <param name="Path">Its path.</param>
/// <param name="User">Whom the rule runs it as; null for the agent's user.</param>
internal sealed record RuleFile(string NamedBy, string Path, string? User)
{
    // The kernel's own bound of such a line, execve(2).
    private const int FirstLineBytes = 256;

    /// <summary>A program and, when it is a script, its interpreter.</summary>
    public static IEnumerable<RuleFile> Of(string namedBy, string program, string? user)
    {
        yield return new RuleFile(namedBy, program, user);
        if (InterpreterOf(program) is { } interpreter)
        {
            yield return new RuleFile(namedBy, interpreter, user);
        }
    }

    private static string? InterpreterOf(string program)
    {
        if (SmallFile.TryRead(program, FirstLineBytes) is not { } bytes || !bytes.Span.StartsWith("#!"u8))
        {
            return null;
        }

        string line = Encoding.UTF8.GetString(bytes.Span[2..]).Split('\n')[0].Trim();
        string interpreter = line.Split(' ', '\t')[0];
        return interpreter.StartsWith('/') ? interpreter : null;
    }
}
