using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Targets;
using Xunit;

namespace GuestAgent.Tests.Unit.Fuzz;

/// <summary>The short form of <c>make fuzz</c>: as many inputs each time, and the same ones.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20260301;
    private const int Inputs = 1500;

    // What asks other threads, and the kernel.
    private const int InputsOfConversations = 150;

    public static TheoryData<string> Targets => [.. TargetTable.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Each_input_of_the_corpus_is_taken_as_it_should(string name)
    {
        using FuzzTarget target = TargetTable.Find(name);
        IReadOnlyList<string> files = Corpus.Files(target);
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Null(Judge.Find(target, File.ReadAllBytes(file), isAlone: false)));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Inputs_that_are_made_of_the_corpus_are_taken_as_they_should(string name)
    {
        using FuzzTarget target = TargetTable.Find(name);
        var campaign = new Campaign(target, Seed, coverage: null);
        campaign.Run(Corpus.Files(target).Count + (target.IsSynchronous ? Inputs : InputsOfConversations), time: null);
        Assert.Empty(campaign.Faults.Select(found =>
            $"{found.Fault.Text}\nagain with: make fuzz REPLAY={Corpus.KeepFailure(target, found.Input)}"));
    }
}
