using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Errors;

namespace GuestAgent.Operations.Files;

/// <summary>Reads parameters that are bytes.</summary>
internal static class FileContentParameter
{
    /// <summary>The bytes.</summary>
    /// <param name="content">The parameter.</param>
    /// <param name="encoding">How it is written.</param>
    /// <param name="field">Its name.</param>
    /// <exception cref="OperationException">It is not written like that.</exception>
    public static ReadOnlyMemory<byte> Read(FileContent content, TextEncoding encoding, string field)
    {
        if (encoding == TextEncoding.Auto)
        {
            throw OperationException.InvalidParameter("encoding", "Content is written in utf8 or base64.", "encoding");
        }

        try
        {
            return content.Decode(encoding);
        }
        catch (FormatException)
        {
            throw OperationException.InvalidParameter(field, $"{field} is not base64.", "base64");
        }
    }
}
