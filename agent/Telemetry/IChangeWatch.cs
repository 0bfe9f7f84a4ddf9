namespace GuestAgent.Telemetry;

/// <summary>Sees changes of one kind, without looking now and then.</summary>
internal interface IChangeWatch : IDisposable
{
    /// <summary>The kind, as hosts know it.</summary>
    string Kind { get; }

    /// <summary>Waits for the next change; false when the watch has been disposed.</summary>
    ValueTask<bool> NextAsync();
}
