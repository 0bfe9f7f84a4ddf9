using System.Text;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Policy;
using GuestAgent.Settings;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>
/// Paths through directories full of links: a walk arrives where realpath(3) does, a grant is for what really is in the tree that
/// allows it, and no descriptor stays open.
/// </summary>
internal sealed class PathWalkTarget : FuzzTarget
{
    /// <summary>Its name.</summary>
    public const string TargetName = "path-walk";

    private const string Placeholder = "@DIR@";
    private const int InputsBetweenCounts = 256;

    private readonly TemporaryDirectory _directory = new();
    private readonly PathPolicy _policy;
    private int _inputs;
    private int _descriptors;

    /// <summary>Makes the directories.</summary>
    public PathWalkTarget()
        : base(TargetName)
    {
        Directory.CreateDirectory(_directory["tree/a/b/c"]);
        Directory.CreateDirectory(_directory["outside/secret"]);
        File.WriteAllText(_directory["tree/a/file"], "");
        File.WriteAllText(_directory["outside/file"], "");
        foreach ((string name, string target) in (ReadOnlySpan<(string, string)>)
        [
            ("tree/in", "a/b"), ("tree/out", "../outside"), ("tree/up", ".."), ("tree/root", "/"), ("tree/self", "."), ("tree/loop", "loop"),
            ("tree/ping", "pong"), ("tree/pong", "ping"), ("tree/gone", "missing/x"), ("tree/abs", _directory["outside/secret"]),
            ("tree/file", "a/file"), ("tree/slash", "a/file/"), ("tree/proc", "/proc/self"), ("tree/magic", "/proc/self/root"),
            ("tree/fd", "/proc/self/fd/1"), ("tree/a/back", "../../outside/../tree/in/c"), ("outside/home", "../tree/a"), ("tree/dots", "./././a//b/./"),
        ])
        {
            File.CreateSymbolicLink(_directory[name], target);
        }

        for (int i = 0; i < 45; i++)
        {
            File.CreateSymbolicLink(_directory[$"tree/chain{i}"], i == 0 ? "a" : $"chain{i - 1}");
        }

        _policy = new PathPolicy(new LiveSettings(new AgentSettings(
            [], new PolicySettings(ReadPaths: [_directory["tree"]], WritePaths: [_directory["tree/a"]]))));
    }

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Text;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        Placeholder, "/tree", "/outside", "/a", "/b", "/c", "/in", "/out", "/up", "/root", "/self", "/loop", "/ping", "/gone", "/abs", "/file", "/slash",
        "/proc", "/magic", "/fd", "/a/back", "/home", "/dots", "/secret", "/chain3", "/chain39", "/chain40", "/chain44", "/", "//", "/.", "/proc/self/cwd",
        "/proc/self/root", "/proc/1/root", "/proc/self/exe", "/dev/fd/0", "/dev/stdin", "/etc/passwd", "/etc/mtab",
    ];

    /// <inheritdoc/>
    /// <remarks>Forty links, each of whose targets is put before what is left of the path.</remarks>
    public override MemoryBound Memory => new(4096, 256 * 1024);

    /// <inheritdoc/>
    public override void Take(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input).Replace(Placeholder, _directory.Path, StringComparison.Ordinal);
        if (AbsolutePath.TryParse(text, out AbsolutePath path) is null)
        {
            Walk(path);
            Decide(text);
        }

        if (_inputs++ % InputsBetweenCounts == 0)
        {
            int descriptors = Directory.GetFiles("/proc/self/fd").Length;
            PropertyException.Require(_descriptors == 0 || descriptors <= _descriptors + 8, "no descriptor stays open", $"{descriptors}");
            _descriptors = _descriptors == 0 ? descriptors : _descriptors;
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _directory.Dispose();
        base.Dispose();
    }

    private static void Walk(AbsolutePath path)
    {
        string? real = RealPath.Of(Encoding.UTF8.GetString(path.Bytes.Span));
        using Place place = PathWalk.Find(path, LinkRule.FollowAll);
        if (place.Errno == 0)
        {
            string? found = place.Path is { } at ? Encoding.UTF8.GetString(at.Bytes) : null;
            // What lives in /proc comes and goes, and is another for each thread.
            PropertyException.Require(
                found == real || real?.StartsWith("/proc/", StringComparison.Ordinal) == true, "a walk arrives where the path leads", $"{found} and {real}");
        }
        else
        {
            PropertyException.Require(
                real is null || place.Errno == Errno.ELOOP || real.StartsWith("/proc/", StringComparison.Ordinal),
                "a walk stops only where the path does",
                $"{place.Errno} and {real}");
        }

        using Place kept = PathWalk.Find(path, LinkRule.KeepLast);
        PropertyException.Require(place.Errno != 0 || kept.Errno == 0, "what is behind a link has a link before it");
    }

    private void Decide(string text)
    {
        string? real = RealPath.Of(text);
        try
        {
            using ReadGrant grant = _policy.Read(text);
            PropertyException.Require(IsIn(real, _directory["tree"]), "what may be read is in the tree", $"{real}");
        }
        catch (OperationException e)
        {
            PropertyException.Require(
                e.Code is ErrorCode.PermissionDenied or ErrorCode.NotFound or ErrorCode.InvalidParameters or ErrorCode.TooLarge,
                "a path is refused by its code", e.Code.ToString());
            PropertyException.Require(
                !IsIn(real, _directory["tree"]) || e.Code == ErrorCode.NotFound || text.Contains("/proc", StringComparison.Ordinal) || HasMagic(text),
                "what is in the tree may be read",
                $"{real}");
        }

        try
        {
            using WriteGrant grant = _policy.Write(text);
            PropertyException.Require(real is null || IsIn(real, _directory["tree/a"]), "what may be changed is in the tree", $"{real}");
        }
        catch (OperationException)
        {
            // As for reading.
        }
    }

    private static bool HasMagic(string text) =>
        text.Contains("/magic", StringComparison.Ordinal) || text.Contains("/fd", StringComparison.Ordinal)
        || text.Contains("/dev/", StringComparison.Ordinal) || text.Contains("chain", StringComparison.Ordinal);

    private static bool IsIn(string? path, string tree) =>
        path is not null && (path == tree || path.StartsWith(tree + "/", StringComparison.Ordinal));
}
