using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Cli.Contexts;

/// <summary>The content of guestctl's own configuration.</summary>
/// <param name="Guests">Guests by their names.</param>
/// <param name="Current">Name of the guest that is meant where none is named; null for none.</param>
internal sealed record ContextFile(IReadOnlyDictionary<string, NamedGuest>? Guests = null, string? Current = null)
{
    /// <summary>Guests by their names.</summary>
    public IReadOnlyDictionary<string, NamedGuest> Guests { get; init; } = Guests ?? new Dictionary<string, NamedGuest>();
}

/// <summary>One guest.</summary>
/// <param name="Endpoint">Where its agent is, as <c>-g</c> has it.</param>
internal sealed record NamedGuest(string Endpoint);

/// <summary>One line of <c>guestctl context list</c>.</summary>
/// <param name="Name">The guest's name.</param>
/// <param name="Endpoint">Where its agent is.</param>
/// <param name="Current">True for the guest that is meant where none is named.</param>
internal sealed record ListedGuest(string Name, string Endpoint, bool Current);

/// <summary>JSON shapes of it: strict, with comments and trailing commas, as people write it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContextFile))]
[JsonSerializable(typeof(IReadOnlyList<ListedGuest>))]
internal sealed partial class ContextJson : JsonSerializerContext;
