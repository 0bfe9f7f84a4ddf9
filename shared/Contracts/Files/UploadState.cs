using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>How far an upload is.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<UploadState>))]
public enum UploadState
{
    /// <summary>It takes pieces.</summary>
    Open = 0,

    /// <summary>The file is in its place.</summary>
    Committed = 1,
}
