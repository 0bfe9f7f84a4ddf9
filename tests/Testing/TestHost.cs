namespace GuestAgent.Tests.Testing;

/// <summary>The tests' own program on the host library: a host in a process of its own.</summary>
public static class TestHost
{
    /// <summary>Absolute path: <c>TEST_HOST_BIN</c>, or what <c>make</c> publishes.</summary>
    public static string Path { get; } = PublishedProgram.Find("test-host/test-host", "TEST_HOST_BIN");
}
