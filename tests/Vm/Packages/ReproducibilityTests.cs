using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>Anybody can build the same packages.</summary>
public sealed class ReproducibilityTests
{
    [Fact]
    public async Task Another_build_at_another_place_and_time_gives_the_same_bytes()
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("package-build-");
        try
        {
            string programs = Path.Combine(scratch.FullName, "bin");
            Directory.CreateDirectory(programs);
            foreach (string program in new[] { "guest-agent", "guestctl" })
            {
                // A copy is of now.
                File.Copy(Path.Combine(Path.GetDirectoryName(AgentBinary.Path)!, program), Path.Combine(programs, program));
                File.SetLastWriteTimeUtc(Path.Combine(programs, program), TimeProvider.System.GetUtcNow().UtcDateTime);
            }

            string again = Path.Combine(scratch.FullName, "packages");
            string time = await ProgramRun.OutputAsync(
                "rpm", "-qp", "--queryformat", "%{BUILDTIME}", PackageBuild.Find(PackageBuild.Current, "guestctl-?.", "rpm"));
            await PackageBuild.RunAsync(programs, again, ("SOURCE_DATE_EPOCH", time), ("TZ", "Asia/Tokyo"));

            string[] packages = Directory.GetFiles(again);
            Assert.Equal(8, packages.Length);
            foreach (string package in packages)
            {
                Assert.Equal(
                    await File.ReadAllBytesAsync(
                        Path.Combine(PackageBuild.Current, Path.GetFileName(package)), TestContext.Current.CancellationToken),
                    await File.ReadAllBytesAsync(package, TestContext.Current.CancellationToken));
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }
}
