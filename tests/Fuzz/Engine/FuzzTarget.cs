namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Something that takes the bytes of a stranger, and what must hold whatever they are.</summary>
/// <param name="name">Its name, which is that of its folder in the corpus.</param>
internal abstract class FuzzTarget(string name) : IDisposable
{
    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Longest input.</summary>
    public virtual int MaxBytes => 8 * 1024;

    /// <summary>What inputs look like, which decides how they are changed.</summary>
    public abstract InputForm Form { get; }

    /// <summary>Words of the input's language beyond those of its form.</summary>
    public virtual IReadOnlyList<string> Words => [];

    /// <summary>What taking an input may allocate.</summary>
    public abstract MemoryBound Memory { get; }

    /// <summary>
    /// True when all is done on the calling thread: what is allocated is then counted to the byte, and the work for a longer
    /// input compared with that for a shorter one.
    /// </summary>
    public virtual bool IsSynchronous => true;

    /// <summary>Takes an input. Returns when it was taken, or was refused as it should be.</summary>
    /// <exception cref="PropertyException">What must hold does not.</exception>
    /// <remarks>Every other exception is a fault, too.</remarks>
    public abstract void Take(byte[] input);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes right again what a change has made wrong on the surface, such as a checksum, so that it is looked behind.</summary>
    public virtual void Repair(byte[] input)
    {
    }
}
