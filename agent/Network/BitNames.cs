namespace GuestAgent.Network;

/// <summary>Spells bits out.</summary>
internal static class BitNames
{
    /// <summary>The names of the bits that are set; a bit without a name, also an empty one, is left out.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="names">Their names from the lowest on.</param>
    public static IReadOnlyList<string> Of(uint bits, IReadOnlyList<string> names)
    {
        List<string> words = [];
        for (int i = 0; i < names.Count; i++)
        {
            if ((bits >> i & 1) != 0 && names[i].Length > 0)
            {
                words.Add(names[i]);
            }
        }

        return words;
    }
}
