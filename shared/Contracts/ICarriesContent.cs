namespace GuestAgent.Contracts;

/// <summary>A result of an operation that has moved content of a file, for the record of what was done.</summary>
public interface ICarriesContent
{
    /// <summary>Bytes of the content.</summary>
    long ContentBytes { get; }
}
