namespace GuestAgent.Tests.Integration.Transcripts;

/// <summary>What a line of a transcript says.</summary>
internal enum StepKind
{
    /// <summary><c>&gt;</c>: the host sends this line.</summary>
    Send,

    /// <summary><c>&lt;</c>: the agent sends a message like this next.</summary>
    Receive,

    /// <summary><c>&lt;~</c>: one of several messages in a row that may come in any order.</summary>
    ReceiveAnyOrder,

    /// <summary><c>&lt;eof</c>: the agent ends the connection.</summary>
    End,
}
