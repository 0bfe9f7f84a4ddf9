using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;

namespace GuestAgent.Paths;

/// <summary>
/// Where something really is, as the kernel tells: absolute bytes without links, <c>.</c> and <c>..</c>. Only such paths
/// are compared with what the policy allows, whole component by whole component.
/// </summary>
internal sealed class KernelPath
{
    private readonly byte[] _bytes;

    private KernelPath(byte[] bytes) => _bytes = bytes;

    /// <summary>Its bytes, which need not be UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Where an open directory is.</summary>
    /// <returns>
    /// Null when the kernel does not tell: it was removed, it is out of reach, its path is longer than 4095 bytes. Nothing
    /// is ever guessed. A directory whose name ends in " (deleted)" looks like a removed one and is taken for it.
    /// </returns>
    public static KernelPath? Of(SafeHandle directory) =>
        ProcDescriptor.ReadPath(directory) is { } bytes && bytes[0] == (byte)'/' && !bytes.AsSpan().EndsWith(" (deleted)"u8)
            ? new KernelPath(bytes)
            : null;

    /// <summary>The path of what is, or would be, below this one.</summary>
    public KernelPath Append(IReadOnlyList<FileName> names)
    {
        int length = _bytes.Length == 1 ? 0 : _bytes.Length;
        byte[] joined = new byte[Math.Max(1, length + names.Sum(name => name.Bytes.Length + 1))];
        joined[0] = (byte)'/';
        _bytes.AsSpan(0, length).CopyTo(joined);
        foreach (FileName name in names)
        {
            joined[length++] = (byte)'/';
            name.Bytes.CopyTo(joined.AsSpan(length));
            length += name.Bytes.Length;
        }

        return new KernelPath(joined);
    }

    /// <summary>True when this is <paramref name="tree"/> or below it: <c>/tmp/ab</c> is not in <c>/tmp/a</c>.</summary>
    /// <param name="tree">A path without a slash at its end, or <c>/</c>.</param>
    public bool IsWithin(ReadOnlySpan<byte> tree) => IsWithin(Bytes, tree);

    /// <summary>The same of a path that is not known to be real, without a slash at its end.</summary>
    public static bool IsWithin(ReadOnlySpan<byte> path, ReadOnlySpan<byte> tree) =>
        tree.Length == 1
        || (path.StartsWith(tree) && (path.Length == tree.Length || path[tree.Length] == (byte)'/'));

    /// <summary>As text; what is not UTF-8 becomes U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);
}
