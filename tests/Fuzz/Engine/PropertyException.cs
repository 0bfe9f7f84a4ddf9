using System.Text;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>What must hold for every input does not hold for this one.</summary>
/// <param name="property">What should hold, in the same words for each input: faults of one kind are reported once.</param>
/// <param name="seen">What was seen instead.</param>
internal sealed class PropertyException(string property, string seen = "") : Exception($"{property}: {seen}")
{
    /// <summary>What should hold.</summary>
    public string Property => property;

    /// <summary>Throws unless <paramref name="holds"/>.</summary>
    public static void Require(bool holds, string property, string seen = "")
    {
        if (!holds)
        {
            throw new PropertyException(property, seen);
        }
    }

    /// <summary>Throws unless a text is <paramref name="harmless"/>, and shows it.</summary>
    public static void RequireHarmless(bool harmless, string property, string text)
    {
        if (!harmless)
        {
            throw new PropertyException(property, Mutator.Show(Encoding.UTF8.GetBytes(text)));
        }
    }
}
