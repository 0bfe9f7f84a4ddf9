using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>The rules for commands, or the word <c>"any"</c>, which allows every program, user and environment.</summary>
/// <param name="Rules">The rules; null stands for <c>"any"</c>.</param>
[JsonConverter(typeof(CommandRulesConverter))]
internal sealed record CommandRules(IReadOnlyList<CommandRule>? Rules)
{
    /// <summary>The word that allows everything.</summary>
    public const string AnyWord = "any";

    /// <summary>True when every command is allowed.</summary>
    public bool Any => Rules is null;
}
