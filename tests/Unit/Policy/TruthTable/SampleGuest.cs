using GuestAgent.Linux.Files;
using Xunit;

namespace GuestAgent.Tests.Unit.Policy.TruthTable;

/// <summary>
/// A file tree with programs and links as guests have them: merged directories, multi-call binaries, alternatives, and
/// directories in which others may do what they like.
/// </summary>
internal sealed class SampleGuest : IDisposable
{
    private const uint Nobody = 65534;
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Closed = (UnixFileMode)0b111_101_101;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("ga-guest-");
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);

    /// <param name="openByMode">Whether others may write in <c>open</c>, or own it, which only root can arrange.</param>
    public SampleGuest(bool openByMode)
    {
        foreach (string directory in new[] { "usr/bin", "usr/local/bin", "etc/alternatives", "opt/app", "open/sub", "sticky", "group" })
        {
            Directory.CreateDirectory(At(directory));
        }

        foreach (string program in new[]
        {
            "usr/bin/tool", "usr/bin/box", "usr/bin/mawk", "usr/local/bin/tool", "opt/app/tool", "open/tool", "open/interp",
            "open/sub/tool", "sticky/tool", "group/tool",
        })
        {
            File.Copy("/bin/true", At(program));
        }

        Script("usr/bin/script", "/bin/sh");
        Script("usr/bin/blank-script", " /bin/sh -e");
        Script("usr/bin/open-script", At("open/interp"));
        Script("usr/bin/nested-script", At("usr/bin/open-script"));
        Script("usr/bin/linked-script", At("open/to-tool"));
        Script("usr/bin/magic-script", "/proc/self/exe");
        Script("usr/bin/relative-script", "interp");
        Script("open/script", "/bin/sh");
        Script("sticky/script", "/bin/sh");

        Link("bin", "usr/bin");
        Link("abs-bin", At("usr/bin"));
        Link("usr/bin/sh", "box");
        Link("usr/bin/reboot", "./box");
        Link("usr/bin/awk", At("etc/alternatives/awk"));
        Link("etc/alternatives/awk", "../../usr/bin/mawk");
        Link("usr/bin/gone", "nowhere");
        Link("usr/bin/round", "round");
        Link("usr/bin/out", At("open/tool"));
        Link("usr/bin/through", At("open/to-tool"));
        Link("usr/bin/magic", "/proc/self/exe");
        Link("self", "/proc/self/root" + At(""));
        Link("opt/current", "app");
        Link("open/to-tool", At("usr/bin/tool"));
        Link("open/tool-link", "tool");
        Link("open/bin", At("usr/bin"));
        Link("sticky/bin", At("usr/bin"));
        Link("to-open", "open");
        Link("to-bin-by-open", "open/bin");
        Set("sticky", Everybody | UnixFileMode.StickyBit);
        Set("group", Closed | UnixFileMode.GroupWrite);
        if (openByMode)
        {
            Set("open", Everybody);
        }
        else
        {
            HandOver("open");
        }

        if (FileStatus.EffectiveUserId == 0)
        {
            Link("sticky/others-bin", At("usr/bin"));
            HandOver("sticky/others-bin");
            Link("usr/bin/others-link", "tool");
            HandOver("usr/bin/others-link");
        }
    }

    /// <summary>Its root directory.</summary>
    public string Root => _root.FullName;

    /// <summary>True for what belongs to somebody else.</summary>
    public bool IsStrangers(string path) => _strangers.Contains(path);

    /// <summary>A path in it.</summary>
    public string At(string name) => name.Length == 0 ? Root : Path.Combine(Root, name);

    public void Dispose() => _root.Delete(recursive: true);

    private void Script(string name, string interpreter)
    {
        File.WriteAllText(At(name), $"#!{interpreter}\n");
        Set(name, Closed);
    }

    private void Set(string name, UnixFileMode mode) => File.SetUnixFileMode(At(name), mode);

    private void Link(string name, string target) => File.CreateSymbolicLink(At(name), target);

    private void HandOver(string name)
    {
        Assert.Equal(0, LinkOwner.Set(At(name), Nobody));
        _strangers.Add(At(name));
    }
}
