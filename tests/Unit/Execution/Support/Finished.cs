using System.Text;
using GuestAgent.Execution;

namespace GuestAgent.Tests.Unit.Execution.Support;

/// <summary>What a child left behind.</summary>
internal sealed record Finished(ExitStatus Status, byte[] Output, byte[] Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);
}
