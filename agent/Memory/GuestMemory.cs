using System.Buffers.Text;
using GuestAgent.Linux.Files;

namespace GuestAgent.Memory;

/// <summary>How much memory there is for the agent: the guest's, or less where its cgroup has a limit.</summary>
internal static class GuestMemory
{
    private const string Limit = "memory.max";

    /// <summary>Bytes. Of what cannot be read nothing is assumed.</summary>
    /// <param name="cgroup">Directory of the agent's own cgroup v2; null for none.</param>
    public static long Find(string? cgroup)
    {
        long bytes = SmallFile.TryRead("/proc/meminfo", 4096) is { } facts ? Total(facts.Span) : long.MaxValue;
        // The limit of a slice holds for what is in it; the root has none. https://docs.kernel.org/admin-guide/cgroup-v2.html
        for (string? directory = cgroup; directory is { Length: > 1 }; directory = Path.GetDirectoryName(directory))
        {
            // Without a limit it is the word "max".
            if (SmallFile.TryRead($"{directory}/{Limit}", 64) is { } line && Utf8Parser.TryParse(line.Span, out long limit, out _))
            {
                bytes = Math.Min(bytes, limit);
            }
        }

        return bytes;
    }

    /// <summary>MemTotal of proc_meminfo(5), bytes.</summary>
    internal static long Total(ReadOnlySpan<byte> facts)
    {
        ReadOnlySpan<byte> name = "MemTotal:"u8;
        int at = facts.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(facts[(at + name.Length)..].TrimStart((byte)' '), out long kibibytes, out _)
            ? kibibytes * 1024
            : long.MaxValue;
    }
}
