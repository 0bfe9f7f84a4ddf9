namespace GuestAgent.Connections;

/// <summary>Set by transports that know their peer.</summary>
internal interface IPeerFeature
{
    /// <summary>The peer in one word, such as <c>cid:2</c>.</summary>
    string Peer { get; }
}
