#pragma warning disable CA1064 // A program has no other assembly that could catch it.

namespace GuestAgent.Accounts;

/// <summary>A user or group that the guest does not know, or a database that cannot be read.</summary>
/// <param name="name">The name or number asked for.</param>
/// <param name="message">What is wrong with it, fit for the peer.</param>
/// <param name="isGroup">Whether it was asked for as a group.</param>
internal sealed class AccountException(string name, string message, bool isGroup = false) : Exception(message)
{
    /// <summary>Whether it was asked for as a group.</summary>
    public bool IsGroup { get; } = isGroup;

    /// <summary>The name or number asked for.</summary>
    public string Name { get; } = name;

    /// <summary>No user of this name.</summary>
    public static AccountException UnknownUser(string name) => new(name, $"There is no user \"{name}\" in this guest.");

    /// <summary>No group of this name.</summary>
    public static AccountException UnknownGroup(string name) =>
        new(name, $"There is no group \"{name}\" in this guest.", isGroup: true);

    /// <summary>A number that says nothing about its group.</summary>
    public static AccountException NoGroup(string name) =>
        new(name, $"User {name} has no entry in the user database: name its group as well.");
}
