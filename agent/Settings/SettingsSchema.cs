namespace GuestAgent.Settings;

/// <summary>The JSON Schema of the configuration, as it lies in the program.</summary>
internal static class SettingsSchema
{
    private const string Name = "schema.json";

    /// <summary>Its text.</summary>
    public static byte[] Read()
    {
        using Stream resource = typeof(SettingsSchema).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"the program was built without {Name}");
        byte[] text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }
}
