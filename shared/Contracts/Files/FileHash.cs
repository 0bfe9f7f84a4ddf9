using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>Computes the SHA-256 of a file, or of a range of it, of any size.</summary>
public static class FileHash
{
    /// <summary>The operation <c>file_hash</c>.</summary>
    public static readonly OperationContract<FileHashRequest, FileHashResult> Contract =
        new("file_hash", Access.Read, () => FileHashJson.Default.FileHashRequest, () => FileHashJson.Default.FileHashResult)
        {
            // As long as a large file on a slow disk takes; the host cancels what it no longer waits for.
            Deadline = TimeSpan.FromHours(1),
        };
}

/// <summary>Parameters of <c>file_hash</c>.</summary>
/// <param name="Path">Absolute path, at most 4095 bytes as UTF-8, without NUL.</param>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Most bytes; to the end by default.</param>
/// <param name="Blocks">
/// True for the hash of the hashes of blocks (<see cref="Hashing.ContentHash"/>), for which holes need not be read. Only for agents
/// with the capability <see cref="FileRead.SparseFiles"/>.
/// </param>
public sealed record FileHashRequest(
    string Path,
    long Offset = 0,
    long? Length = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Blocks = false);

/// <summary>Result of <c>file_hash</c>.</summary>
/// <param name="Sha256">The hash, in small hexadecimal digits.</param>
/// <param name="SizeBytes">Bytes hashed.</param>
/// <param name="Version">
/// Opaque text that changes when the file does; from its device, inode, size and modification time.
/// </param>
public sealed record FileHashResult(string Sha256, long SizeBytes, string Version);

/// <summary>JSON shapes of <c>file_hash</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(FileHashRequest))]
[JsonSerializable(typeof(FileHashResult))]
public sealed partial class FileHashJson : JsonSerializerContext;
