using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Reads and writes <see cref="FileContent"/> as the JSON string that it is.</summary>
public class FileContentConverter : JsonConverter<FileContent>
{
    /// <inheritdoc/>
    public override FileContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        FileContent.Read(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FileContent value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        value.Write(writer);
    }
}
