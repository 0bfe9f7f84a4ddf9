using GuestAgent.Errors;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>What <c>If-Match</c> or <c>If-None-Match</c> says, RFC 9110 section 13.1.</summary>
internal sealed class EntityTags
{
    private readonly IList<EntityTagHeaderValue> _tags;

    private EntityTags(IList<EntityTagHeaderValue> tags) => _tags = tags;

    /// <summary>True for any content.</summary>
    public bool IsAny => _tags.Any(tag => tag.Tag == "*");

    /// <summary>True when no version can be one of the strong tags.</summary>
    public bool IsNever => !IsAny && !Versions.Any();

    /// <summary>The versions that are named by strong tags.</summary>
    public IEnumerable<string> Versions =>
        // The star in quotes is a tag, which no version has, and not the star.
        _tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString().Trim('"')).Where(version => version is not ("" or "*"));

    /// <summary>The tag of a version.</summary>
    public static string Of(string version) => $"\"{version}\"";

    /// <summary>Reads a header; null when it is not there.</summary>
    /// <exception cref="OperationException">It is none.</exception>
    public static EntityTags? Read(StringValues header, string name) =>
        header.Count == 0 ? null
        : EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out IList<EntityTagHeaderValue>? tags) ? new EntityTags(tags)
        : throw OperationException.InvalidParameter(name, $"{name} is no list of entity tags.", "shape");

    /// <summary>Whether a content is named, where a tag that is called weak names nothing.</summary>
    public bool HasStrong(string version) => IsAny || Versions.Contains(version);

    /// <summary>Whether a content is named, be it by a weak tag.</summary>
    public bool HasWeak(string version) => IsAny || _tags.Any(tag => tag.Tag.Equals(Of(version), StringComparison.Ordinal));
}
