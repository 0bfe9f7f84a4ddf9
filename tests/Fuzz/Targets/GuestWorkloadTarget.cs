using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Fuzz.Engine;
using GuestAgent.Tests.Fuzz.Guests;

namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Frames of a hostile guest to a host that runs a workload: lines, then a result or the library's exception.</summary>
internal sealed class GuestWorkloadTarget() : FuzzTarget(TargetName)
{
    /// <summary>Its name.</summary>
    public const string TargetName = "guest-workload";

    /// <inheritdoc/>
    public override InputForm Form => InputForm.Json;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => WorkloadWords.All;

    /// <inheritdoc/>
    public override bool IsSynchronous => false;

    /// <inheritdoc/>
    /// <remarks>The buffer of the connection, and the exceptions of what is no message.</remarks>
    public override MemoryBound Memory => new(8 * 1024, 16 << 20);

    /// <inheritdoc/>
    public override void Repair(byte[] input) => FrameLengths.Repair(input);

    /// <inheritdoc/>
    public override void Take(byte[] input) => TakeAsync(input).GetAwaiter().GetResult();

    private static async Task TakeAsync(byte[] input)
    {
        await using WorkloadClient client = WorkloadClient.Over(new OneSidedStream(input));
        long characters = 0;
        try
        {
            WorkloadResult result = await client.RunAsync(
                new WorkloadRequest("t") { Code = "x" }, log => characters += log.Line.Length);
            PropertyException.Require(result.Output.Length + characters <= input.Length, "output is what the guest has sent");
        }
        catch (WorkloadException e)
        {
            PropertyException.Require(HarmlessText.IsLine(e.Message), "a message is one harmless line", e.Message);
            PropertyException.Require(e.Raw.Length <= input.Length, "what came is what is kept of it");
        }
    }
}
