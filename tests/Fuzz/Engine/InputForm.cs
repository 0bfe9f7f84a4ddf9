namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>What the inputs of a target look like.</summary>
internal enum InputForm
{
    /// <summary>Numbers and lengths in bytes.</summary>
    Binary,

    /// <summary>Lines of fields.</summary>
    Text,

    /// <summary>JSON, or lines of it.</summary>
    Json,
}
