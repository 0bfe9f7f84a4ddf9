using GuestAgent.Tests.Testing;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>
/// Is a program as Alpine has them, linked with musl at its start: prints its memory map, and on standard error its user,
/// group and USER; its exit code is the number of its arguments, itself included.
/// </summary>
internal static class MuslProgram
{
    private const string Source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>

        int main(int count, char **arguments)
        {
            char line[1024];
            FILE *maps = fopen("/proc/self/maps", "r");
            while (maps && fgets(line, sizeof line, maps))
                fputs(line, stdout);
            fprintf(stderr, "%d %d %s\n", getuid(), getgid(), getenv("USER"));
            return count;
        }
        """;

    public static async Task BuildAsync(string path)
    {
        string source = path + ".c";
        await File.WriteAllTextAsync(source, Source);
        await ProgramRun.OutputAsync("musl-gcc", "-O2", "-o", path, source);
    }
}
