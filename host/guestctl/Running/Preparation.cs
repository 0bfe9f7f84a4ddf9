using System.Text.Json.Serialization.Metadata;
using GuestAgent.Cli.Verbs;
using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts.Session;

namespace GuestAgent.Cli.Running;

/// <summary>
/// Makes what the first messages need on another processor, while this one still reads the command line and connects: shapes of
/// JSON, the thread for timers and the first one of the pool, which would otherwise be started when the first answer is there.
/// </summary>
internal static class Preparation
{
    /// <summary>Begins; nobody has to wait for it, as what is not ready is made where it is needed.</summary>
    /// <param name="words">The command line.</param>
    public static void Begin(string[] words)
    {
        // Others have quicker ends, or so much to do that this is nothing.
        bool runsCommand = words.Contains(ExecVerb.Word);
        ThreadPool.UnsafeQueueUserWorkItem(Make, runsCommand, preferLocal: false);
    }

    private static void Make(bool runsCommand)
    {
        // The framework's thread for timers: a timer that never ends is nothing else.
        GC.KeepAlive(new Timer(static _ => { }, null, TimeSpan.FromDays(1), Timeout.InfiniteTimeSpan));
        Touch(HelloJson.Default.HelloRequest);
        Touch(HelloJson.Default.HelloResult);
        if (runsCommand)
        {
            Touch(ExecCommandJson.Default.ExecCommandRequest);
            Touch(ExecCommandJson.Default.ExecCommandResult);
        }
    }

    // Getting it is what makes it.
    private static void Touch(JsonTypeInfo shape) => GC.KeepAlive(shape);
}
