using System.Text;
using System.Text.Unicode;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli;

/// <summary>
/// Arguments and variables as the bytes that they are. The runtime puts U+FFFD in place of what is not UTF-8, and another
/// file may well have that name: nothing is done then.
/// </summary>
internal static class ArgumentBytes
{
    private const char Replacement = '\uFFFD';

    /// <summary>Sees to it that all arguments are what they seem.</summary>
    /// <exception cref="UsageException">One is not UTF-8, or nobody can tell.</exception>
    public static void Require(IReadOnlyList<string> arguments)
    {
        if (!arguments.Any(argument => argument.Contains(Replacement, StringComparison.Ordinal)))
        {
            return;
        }

        byte[][] parts = Parts("/proc/self/cmdline");
        for (int i = 0; i < arguments.Count; i++)
        {
            // The program's own name is in front.
            Require($"argument {i + 1}", parts[parts.Length - arguments.Count + i]);
        }
    }

    /// <summary>A variable of the environment; null when there is none.</summary>
    /// <exception cref="UsageException">It is not UTF-8, or nobody can tell.</exception>
    public static string? Variable(string name)
    {
        string? value = Environment.GetEnvironmentVariable(name);
        if (value?.Contains(Replacement, StringComparison.Ordinal) ?? false)
        {
            byte[] start = Encoding.UTF8.GetBytes(name + "=");
            foreach (byte[] part in Parts("/proc/self/environ").Where(part => part.AsSpan().StartsWith(start)))
            {
                Require(name, part.AsSpan(start.Length));
            }
        }

        return value;
    }

    private static void Require(string what, ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            throw new UsageException($"{what} is not UTF-8: {FileNameText.Of(bytes)}");
        }
    }

    private static byte[][] Parts(string file)
    {
        try
        {
            List<byte[]> parts = [];
            ReadOnlySpan<byte> all = File.ReadAllBytes(file);
            for (int end; (end = all.IndexOf((byte)0)) >= 0; all = all[(end + 1)..])
            {
                parts.Add(all[..end].ToArray());
            }

            return [.. parts];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"nobody can tell whether the arguments are UTF-8: {file} cannot be read", e);
        }
    }
}
