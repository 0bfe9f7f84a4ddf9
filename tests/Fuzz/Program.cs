using System.Globalization;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Targets;

namespace GuestAgent.Tests.Fuzz;

/// <summary>The command behind <c>make fuzz</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // Before any of what it changes is loaded: what follows is in methods of its own.
        if (arguments is ["instrument"])
        {
            Instrumentation.Apply(AppContext.BaseDirectory);
            return 0;
        }

        Coverage.Prepare();
        try
        {
            return arguments is ["replay", var file] ? Replay(file) : Run(FuzzOptions.Parse(arguments));
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    private static int Replay(string file)
    {
        using FuzzTarget target = TargetTable.Find(Corpus.TargetOf(file));
        byte[] input = File.ReadAllBytes(file);
        Console.WriteLine($"{target.Name}: {Mutator.Show(input)}");
        Fault? fault = Judge.Find(target, input) ?? WorkGrowth.Find(target, input);
        Console.WriteLine(fault?.Text ?? "No fault.");
        return fault is null ? 0 : 1;
    }

    private static int Run(FuzzOptions options)
    {
        Console.WriteLine($"seed {options.Seed}");
        IReadOnlyList<string> names = options.Target is { } one ? [one] : TargetTable.Names;
        int faults = 0;
        long inputs = 0;
        foreach (string name in names)
        {
            using FuzzTarget target = TargetTable.Find(name);
            using var coverage = new Coverage();
            var campaign = new Campaign(target, options.Seed, coverage);
            campaign.Run(options.Inputs ?? long.MaxValue, options.Time / names.Count);
            inputs += campaign.Inputs;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {campaign.Inputs} inputs, {campaign.Kept} kept, {coverage.Branches} branches, {campaign.Faults.Count} faults"));
            foreach ((Fault fault, byte[] input) in campaign.Faults)
            {
                Report(target, fault, input);
            }

            faults += campaign.Faults.Count + ReportGrowth(target);
        }

        Console.WriteLine($"{inputs} inputs, {faults} faults");
        return faults == 0 ? 0 : 1;
    }

    private static int ReportGrowth(FuzzTarget target)
    {
        int faults = 0;
        foreach (byte[] seed in Corpus.Seeds(target, withFound: false))
        {
            if (WorkGrowth.Find(target, seed) is { } fault)
            {
                Console.WriteLine($"  {fault.Text}\n  input: {Mutator.Show(seed)}\n  kept in {Corpus.KeepFailure(target, seed)}");
                faults++;
            }
        }

        return faults;
    }

    private static void Report(FuzzTarget target, Fault fault, byte[] input)
    {
        byte[] shrunk = Shrinker.Shrink(target, input, fault.Kind);
        string text = (Judge.Find(target, shrunk) ?? fault).Text;
        Console.WriteLine($"  {fault.Kind}\n  {text.ReplaceLineEndings("\n  ")}");
        Console.WriteLine($"  input: {Mutator.Show(shrunk)}\n  again with: make fuzz REPLAY={Corpus.KeepFailure(target, shrunk)}");
    }
}
