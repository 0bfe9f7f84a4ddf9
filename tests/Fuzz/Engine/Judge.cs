namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Lets a target take an input, and tells what is wrong with how it did.</summary>
internal static class Judge
{
    /// <summary>Null when nothing is.</summary>
    /// <param name="target">The target.</param>
    /// <param name="input">The input.</param>
    /// <param name="isAlone">Whether nothing else allocates in this process: what a target does on other threads is counted then.</param>
    public static Fault? Find(FuzzTarget target, byte[] input, bool isAlone = true)
    {
        // What a first time brings along, such as tables that are made once, is not the input's.
        Fault? fault = Take(target, input, isAlone);
        return fault is { IsMemory: true } ? Take(target, input, isAlone) : fault;
    }

    private static Fault? Take(FuzzTarget target, byte[] input, bool isAlone)
    {
        long before = Allocated(target);
        try
        {
            target.Take(input);
        }
#pragma warning disable CA1031 // Any exception is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Fault.Of(e);
        }

        long allocated = Allocated(target) - before;
        return allocated <= target.Memory.For(input.Length) || !(isAlone || target.IsSynchronous)
            ? null
            : Fault.OfMemory(allocated, input.Length, target.Memory.For(input.Length));
    }

    private static long Allocated(FuzzTarget target) =>
        target.IsSynchronous ? GC.GetAllocatedBytesForCurrentThread() : GC.GetTotalAllocatedBytes();
}
