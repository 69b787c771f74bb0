namespace Takt.Models.Packing;

/// <summary>Where the packed weights of a model came from.</summary>
public enum WeightOrigin
{
    /// <summary>They were packed at this start.</summary>
    Packed,

    /// <summary>They were packed at this start and kept for the next.</summary>
    PackedAndKept,

    /// <summary>They are mapped from what an earlier start kept.</summary>
    Cache,
}

/// <summary>The memory of a model's weights.</summary>
/// <param name="Origin">Where packed weights came from.</param>
/// <param name="PackedBytes">Packed matrices.</param>
/// <param name="VectorBytes">Norms and biases, as floats.</param>
public sealed record WeightMemory(WeightOrigin Origin, long PackedBytes, long VectorBytes);
