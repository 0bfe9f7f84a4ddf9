namespace GuestAgent;

/// <summary>What the agent can be told to do.</summary>
internal enum CommandLineAction
{
    /// <summary>Serve hosts.</summary>
    Serve,

    /// <summary>Check the configuration.</summary>
    Check,

    /// <summary>Print the configuration in force.</summary>
    PrintConfig,

    /// <summary>Print the JSON Schema of the configuration.</summary>
    Schema,

    /// <summary>Print the version.</summary>
    Version,

    /// <summary>Print the usage.</summary>
    Help,
}
