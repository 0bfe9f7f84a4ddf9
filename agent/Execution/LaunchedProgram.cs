using System.Runtime.InteropServices;
using System.Text;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>A <see cref="LaunchSpecification"/> as the launcher uses it, where it lies. Never freed: an exec or the end does.</summary>
internal readonly unsafe struct LaunchedProgram
{
    private readonly uint* _numbers;
    private readonly byte** _strings;

    private LaunchedProgram(uint* numbers, byte** strings)
    {
        _numbers = numbers;
        _strings = strings;
    }

    private LaunchedProgram(uint* numbers)
    {
        _numbers = numbers;
        byte* text = (byte*)(numbers + LaunchSpecification.HeaderNumbers + GroupCount);
        _strings = Index(text, LaunchSpecification.LeadingStrings, numbers[3], numbers[4]);
    }

    public uint UserId => _numbers[0];

    public uint GroupId => _numbers[1];

    public uint GroupCount => _numbers[2];

    public uint* Groups => _numbers + LaunchSpecification.HeaderNumbers;

    public bool SwitchesUser => (_numbers[5] & LaunchSpecification.SwitchesUser) != 0;

    public bool GivesUpPrivileges => (_numbers[5] & LaunchSpecification.GivesUpPrivileges) != 0;

    /// <summary>Descriptor of the working directory that was granted; 0 for none.</summary>
    public int HeldDirectory => (int)_numbers[6];

    /// <summary>The cgroup.procs file; empty for none.</summary>
    public byte* ProcessesFile => _strings[0];

    public byte* WorkingDirectory => _strings[1];

    public byte* File => _strings[2];

    public byte** Arguments => _strings + LaunchSpecification.LeadingStrings;

    public byte** Environment => Arguments + _numbers[3] + 1;

    /// <summary>Sets a variable, unless the environment has it.</summary>
    public LaunchedProgram With(string name, string value)
    {
        ReadOnlySpan<byte> wanted = Encoding.UTF8.GetBytes(name + "=");
        uint variables = _numbers[4];
        for (uint i = 0; i < variables; i++)
        {
            if (MemoryMarshal.CreateReadOnlySpanFromNullTerminated(Environment[i]).StartsWith(wanted))
            {
                return this;
            }
        }

        nuint count = LaunchSpecification.LeadingStrings + _numbers[3] + 1 + variables;
        byte** strings = (byte**)NativeMemory.AllocZeroed(count + 2, (nuint)sizeof(byte*));
        // SAFETY: the new array has room for one string more, and the null behind it.
        new ReadOnlySpan<nint>(_strings, (int)count).CopyTo(new Span<nint>(strings, (int)count));
        strings[count] = (byte*)Marshal.StringToCoTaskMemUTF8($"{name}={value}");
        return new LaunchedProgram(_numbers, strings);
    }

    /// <summary>Reads a specification.</summary>
    /// <param name="file">Where it is, from its start.</param>
    /// <param name="size">How long it is.</param>
    /// <param name="program">The program.</param>
    /// <returns>False with the last error set.</returns>
    public static bool TryRead(SafeFileHandle file, int size, out LaunchedProgram program)
    {
        byte* specification = (byte*)NativeMemory.Alloc((nuint)size);
        // SAFETY: the buffer has the size that is asked for.
        bool read = NativeMethods.pread(file, specification, size, 0) == size;
        program = read ? new LaunchedProgram((uint*)specification) : default;
        return read;
    }

    /// <summary>Pointers to the strings in a row: the leading ones, then argv and envp, each null-terminated.</summary>
    private static byte** Index(byte* text, uint leading, uint arguments, uint variables)
    {
        byte** strings = (byte**)NativeMemory.AllocZeroed(leading + arguments + variables + 2, (nuint)sizeof(byte*));
        for (uint i = 0; i < leading + arguments + variables; i++)
        {
            strings[i < leading + arguments ? i : i + 1] = text;
            // SAFETY: the specification ends with a NUL, and holds as many strings as its header says.
            text += MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text).Length + 1;
        }

        return strings;
    }
}
