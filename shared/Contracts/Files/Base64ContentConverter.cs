using System.Text.Json;

namespace GuestAgent.Contracts.Files;

/// <summary>Reads <see cref="FileContent"/> that is always base64 into its bytes at once.</summary>
public sealed class Base64ContentConverter : FileContentConverter
{
    /// <inheritdoc/>
    public override FileContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        FileContent.ReadBase64(ref reader);
}
