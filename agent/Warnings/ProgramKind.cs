namespace GuestAgent.Warnings;

/// <summary>What a program can be made to do by its arguments.</summary>
internal enum ProgramKind
{
    /// <summary>It runs the script or the code that it is given, by an argument or on standard input.</summary>
    Interpreter,

    /// <summary>It runs the program that it is given.</summary>
    Launcher,

    /// <summary>It is many programs, and its first argument says which.</summary>
    MultiCall,

    /// <summary>Some of its options do more than its purpose: they run programs, reach other machines, write files.</summary>
    HasPowerfulOptions,

    /// <summary>Its operands, keys or subcommands may run programs or install what runs later.</summary>
    HasPowerfulOperands,

    /// <summary>It writes, removes or gives away what it is told.</summary>
    Writer,

    /// <summary>It reads files that it is told.</summary>
    Reader,
}
