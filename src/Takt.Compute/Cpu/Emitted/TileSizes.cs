namespace Takt.Compute.Cpu.Emitted;

/// <summary>How products with many rows are cut up where tiles go by emitted code, of floats and of quantised weights alike.</summary>
internal static class TileSizes
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    /// <summary>So many rows are few: groups are read as they lie in memory.</summary>
    public const int FewRows = 16;

    /// <summary>So many rows, and what they give, stay in the second-level cache.</summary>
    public const int NearRows = 128;

    /// <summary>How far ahead of few rows' weights memory is asked for: their arithmetic leaves time for it, whatever one row does best with.</summary>
    public const int AheadBytes = 8192, FloatAheadBytes = 4096;

    /// <summary>So much of a group stays in the first-level cache.</summary>
    public const int ChunkBytes = 16 << 10;
}
