namespace GuestAgent.Settings;

/// <summary>Tells <see cref="ShapeCheck"/> which shapes an object may have for a converter, and by which member they differ.</summary>
internal interface IVariantShape
{
    /// <summary>Name of the member.</summary>
    string Discriminator { get; }

    /// <summary>Its values, each with the type whose shape the object must have.</summary>
    IReadOnlyList<(string Name, Type Type)> Variants { get; }
}
