using GuestAgent.Errors;
using GuestAgent.Hashing;
using Microsoft.Extensions.Primitives;

namespace GuestAgent.Dialects.Http.Files;

/// <summary>Digest fields, RFC 9530. Of the algorithms there is one: <c>sha-256</c>.</summary>
internal static class HttpDigest
{
    private const string Algorithm = "sha-256";

    /// <summary>Reads <c>Content-Digest</c> or <c>Repr-Digest</c>.</summary>
    /// <param name="header">The field's lines.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The SHA-256 in small hexadecimal digits; null where the field is not there.</returns>
    /// <exception cref="OperationException">It has none: a host that wants to be sure must not believe that it is.</exception>
    public static string? Read(StringValues header, string name)
    {
        if (header.Count == 0)
        {
            return null;
        }

        string? found = null;
        foreach (string member in string.Join(",", header.OfType<string>()).Split(','))
        {
            // A byte sequence of RFC 8941 is base64 between colons.
            string[] parts = member.Trim().Split('=', 2);
            if (parts is [Algorithm, [':', .., ':'] value])
            {
                byte[] hash = new byte[Sha256.HashBytes];
                found = Convert.TryFromBase64String(value[1..^1], hash, out int length) && length == hash.Length
                    ? Convert.ToHexStringLower(hash)
                    : throw Misfit(name);
            }
        }

        return found ?? throw Misfit(name);
    }

    /// <summary>A digest field's value.</summary>
    /// <param name="sha256">The hash in hexadecimal digits.</param>
    public static string Write(string sha256) => $"{Algorithm}=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    /// <summary>Whether <c>Want-Repr-Digest</c> asks for it.</summary>
    public static bool IsWanted(StringValues header)
    {
        foreach (string member in string.Join(",", header.OfType<string>()).Split(','))
        {
            string[] parts = member.Trim().Split('=', 2);
            if (parts is [Algorithm, not "0"] or [Algorithm])
            {
                return true;
            }
        }

        return false;
    }

    private static OperationException Misfit(string name) =>
        OperationException.InvalidParameter(name, $"{name} has no digest of the form {Algorithm}=:BASE64:.", "sha256");
}
