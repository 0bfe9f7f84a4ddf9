using System.Globalization;

namespace GuestAgent.Tests.Fuzz;

/// <summary>What is run: <c>[--target NAME] [--seconds N] [--inputs N] [--seed N]</c>.</summary>
/// <param name="Target">The only target; null for all.</param>
/// <param name="Time">Longest time, of all targets together; null for any.</param>
/// <param name="Inputs">Most inputs of each target; null for any number.</param>
/// <param name="Seed">Chooses the inputs.</param>
internal sealed record FuzzOptions(string? Target, TimeSpan? Time, long? Inputs, int Seed)
{
    /// <summary>Reads them.</summary>
    /// <exception cref="ArgumentException">There is another word among them, or no bound.</exception>
    public static FuzzOptions Parse(string[] arguments)
    {
        var options = new FuzzOptions(null, null, null, Random.Shared.Next());
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} has no value");
            options = arguments[i] switch
            {
                "--target" => options with { Target = value },
                "--seconds" => options with { Time = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture)) },
                "--inputs" => options with { Inputs = long.Parse(value, CultureInfo.InvariantCulture) },
                "--seed" => options with { Seed = int.Parse(value, CultureInfo.InvariantCulture) },
                _ => throw new ArgumentException($"{arguments[i]} is unknown"),
            };
        }

        return options.Time is null && options.Inputs is null
            ? throw new ArgumentException("--seconds or --inputs is needed")
            : options;
    }
}
