using System.Diagnostics;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>What is wrong with how a target took an input.</summary>
/// <param name="Kind">The same for all inputs with the same fault, as far as that can be told.</param>
/// <param name="Text">Everything that is known.</param>
internal sealed record Fault(string Kind, string Text)
{
    private const string OwnNamespace = "GuestAgent.Tests.";
    private const string Memory = "memory is bounded";

    /// <summary>Whether it is memory beyond the bound.</summary>
    public bool IsMemory => Kind == Memory;

    /// <summary>Memory beyond the bound.</summary>
    public static Fault OfMemory(long allocated, int length, long bound) =>
        new(Memory, $"{allocated} bytes allocated for an input of {length}; the bound is {bound}");

    /// <summary>The fault that an exception is.</summary>
    public static Fault Of(Exception exception) => exception is PropertyException property
        ? new Fault(property.Property, property.Message)
        : new Fault($"{exception.GetType().Name} in {Place(exception)}", exception.ToString());

    // The innermost method of the product: the framework's own would be the same for many faults.
    private static string Place(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception).GetFrames())
        {
            if (frame.GetMethod() is { DeclaringType: { FullName: { } type } } method
                && type.StartsWith("GuestAgent.", StringComparison.Ordinal)
                && !type.StartsWith(OwnNamespace, StringComparison.Ordinal))
            {
                return $"{type}.{method.Name}";
            }
        }

        return "the framework";
    }
}
