namespace GuestAgent.Wire.Workload;

/// <summary>Words and limits of the workload wire.</summary>
public static class WorkloadWire
{
    /// <summary>Longest frame, 16 MiB, without its length.</summary>
    public const int MaxFrameBytes = 16 * 1024 * 1024;

    /// <summary>Type of a line of output.</summary>
    public const string Log = "log";

    /// <summary>Type of the result, which ends the exchange.</summary>
    public const string Result = "result";

    /// <summary>Type of the host's wish to end the program.</summary>
    public const string Cancel = "cancel";

    /// <summary>Feature: log messages say which output, and where in it.</summary>
    public const string Streams = "streams";

    /// <summary>Feature: log messages have the output's bytes as they came, in place of lines.</summary>
    public const string Bytes = "bytes";

    /// <summary>Feature: the result says more than the original wire can.</summary>
    public const string Details = "details";

    /// <summary>Feature: 0 for a time limit stands for the policy's alone, and what is below 0 for none at all.</summary>
    public const string Unlimited = "unlimited";

    /// <summary>Kind of error: the agent stops, and has ended the program.</summary>
    public const string ShuttingDown = "shutting_down";
}
