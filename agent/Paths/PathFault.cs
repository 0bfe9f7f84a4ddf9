namespace GuestAgent.Paths;

/// <summary>Why a text is not an <see cref="AbsolutePath"/>.</summary>
internal enum PathFault
{
    /// <summary>It does not begin with a slash.</summary>
    NotAbsolute,

    /// <summary>It has a component <c>..</c>.</summary>
    Parent,

    /// <summary>It has a NUL.</summary>
    Nul,

    /// <summary>It is longer than the kernel takes.</summary>
    TooLong,

    /// <summary>It cannot be written as UTF-8.</summary>
    NotText,
}
