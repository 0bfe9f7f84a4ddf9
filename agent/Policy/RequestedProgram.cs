using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Paths;
using GuestAgent.Settings;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Policy;

/// <summary>
/// The program that a request names, held against those of rules. Only a rule whose program has the same last name can be
/// meant, so that a hundred rules are a hundred comparisons of text; the request's own path is walked at most once.
/// </summary>
internal sealed class RequestedProgram : IDisposable
{
    private const string Field = "command";

    private readonly string _text;
    private readonly AbsolutePath? _path;
    private Place? _parent;
    private ProgramFile? _found;
    private SafeFileHandle? _directory;
    private bool _hasLooked;
    private string? _walked;
    private RuleProgram? _rule;

    private RequestedProgram(string text, string name, AbsolutePath? path)
    {
        _text = text;
        Name = name;
        _path = path;
    }

    /// <summary>Its last name.</summary>
    public string Name { get; }

    /// <summary>True when it is named without a directory.</summary>
    public bool IsBare => _path is null;

    /// <summary>Reads what a request calls its command.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/>: it is neither a name nor an absolute
    /// path.</exception>
    public static RequestedProgram Of(string command)
    {
        if (command.Length == 0 || command.Contains('\0', StringComparison.Ordinal))
        {
            throw OperationException.InvalidParameter(Field, "A command is a path or a name.");
        }

        int slash = command.LastIndexOf('/');
        return new RequestedProgram(command, command[(slash + 1)..], slash < 0 ? null : PathParameter.Parse(command, Field));
    }

    /// <summary>True when it is named without a directory and the search path does not have it.</summary>
    public bool IsMissing => IsBare && Look() is null;

    /// <summary>
    /// The program of a rule, when it is the one that is meant; or would be, for a name that the search path does not have.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <returns>Null when it is another one. It is disposed with this.</returns>
    public RuleProgram? Match(CommandRule rule)
    {
        if (!HasNameOf(rule.Path))
        {
            return null;
        }

        // Rules for one program stand together, mostly.
        if (_walked != rule.Path)
        {
            _rule?.Dispose();
            _rule = RuleProgram.Find(rule.Path);
            _walked = rule.Path;
        }

        return _rule is { } program && IsThatOf(program) ? program : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parent?.Dispose();
        _found?.Dispose();
        _rule?.Dispose();
    }

    private bool HasNameOf(string path) =>
        path.Length > Name.Length && path[^(Name.Length + 1)] == '/' && path.EndsWith(Name, StringComparison.Ordinal);

    private bool IsThatOf(RuleProgram rule) =>
        _path?.Bytes.Span.SequenceEqual(rule.Path.Bytes.Span) == true
        || (Look() is { } directory
            ? rule.File.Directory is { } its && FileStatus.Of(its).IsSameFileAs(FileStatus.Of(directory))
            : IsBare);

    // The directory in which the name is, held open.
    private SafeFileHandle? Look()
    {
        if (!_hasLooked)
        {
            _hasLooked = true;
            _directory = IsBare ? LookUp() : FindParent();
        }

        return _directory;
    }

    private SafeFileHandle? FindParent()
    {
        string text = _text[..^Name.Length];
        _parent = PathWalk.Find(PathParameter.Parse(text, Field), LinkRule.FollowTrusted);
        return _parent.Target;
    }

    private SafeFileHandle? LookUp()
    {
        foreach ((_, AbsolutePath path) in SearchPath.PathsOf(Name))
        {
            ProgramFile program = ProgramFile.Find(path);
            if (program.IsExecutable)
            {
                _found = program;
                return program.Directory;
            }

            program.Dispose();
        }

        return null;
    }
}
