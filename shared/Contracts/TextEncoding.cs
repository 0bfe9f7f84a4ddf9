using System.Text.Json.Serialization;

namespace GuestAgent.Contracts;

/// <summary>How bytes are written as a JSON string.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<TextEncoding>))]
public enum TextEncoding
{
    /// <summary>As UTF-8 text. Asked for output that is not UTF-8, the wrong bytes become U+FFFD.</summary>
    Utf8 = 0,

    /// <summary>As base64 (RFC 4648 section 4).</summary>
    Base64 = 1,

    /// <summary>As UTF-8 when all of it is UTF-8, else as base64; the answer says which.</summary>
    Auto = 2,
}
