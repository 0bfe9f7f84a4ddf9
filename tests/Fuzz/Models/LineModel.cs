namespace GuestAgent.Tests.Fuzz.Models;

/// <summary>The simplest way to cut bytes into lines.</summary>
internal static class LineModel
{
    /// <summary>The lines that are complete, null for one that is too long; and null for an unfinished one that is.</summary>
    public static List<byte[]?> Cut(byte[] input, int maxBytes)
    {
        List<byte[]?> lines = [];
        int start = 0;
        for (int i = 0; i < input.Length; i++)
        {
            if (input[i] == (byte)'\n')
            {
                byte[] line = input[start..i];
                line = line.Length > 0 && line[^1] == (byte)'\r' ? line[..^1] : line;
                lines.Add(line.Length <= maxBytes ? line : null);
                start = i + 1;
            }
        }

        if (input.Length - start > maxBytes + 1)
        {
            lines.Add(null);
        }

        return lines;
    }
}
