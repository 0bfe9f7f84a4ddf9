using SharpFuzz;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Has the product's assemblies beside this program count the branches that they take. Before any of them is loaded.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies =
        ["guest-agent.dll", "GuestAgent.Shared.dll", "GuestAgent.Host.dll", "guestctl.dll"];

    /// <summary>Changes the files; once is enough, and a second time changes nothing.</summary>
    public static void Apply(string directory)
    {
        foreach (string assembly in Assemblies)
        {
            try
            {
                Fuzzer.Instrument(Path.Combine(directory, assembly), static _ => true, Options.Value);
            }
            catch (InstrumentationException e) when (e.Message.Contains("already instrumented", StringComparison.Ordinal))
            {
                // As the last build left it.
            }
        }
    }
}
