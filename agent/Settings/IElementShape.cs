using System.Text.Json;

namespace GuestAgent.Settings;

/// <summary>Tells <see cref="ShapeCheck"/> what a converter will make of a value, so that it can look inside.</summary>
internal interface IElementShape
{
    /// <summary>The type whose shape <paramref name="value"/> must have; null when the converter reads it whole.</summary>
    Type? ElementType(JsonElement value);
}
