namespace Takt.Engine.Sampling;

/// <summary>
/// Philox4x32-10, a counter-based random generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): number i of a
/// seed is computed from both alone, so draws of different sequences cannot disturb each other.
/// </summary>
internal static class Philox
{
    /// <summary>Draw <paramref name="index"/> of a seed: uniform in [0, 1), 53 bits.</summary>
    public static double Uniform(ulong seed, ulong index)
    {
        (uint high, uint low, _, _) = Block((uint)index, (uint)(index >> 32), 0, 0, (uint)seed, (uint)(seed >> 32));
        return (((ulong)high << 32 | low) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>The 128 random bits of a 128-bit counter under a 64-bit key.</summary>
    internal static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        const uint m0 = 0xD2511F53, m1 = 0xCD9E8D57, w0 = 0x9E3779B9, w1 = 0xBB67AE85;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)m0 * c0, p1 = (ulong)m1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += w0;
            k1 += w1;
        }

        return (c0, c1, c2, c3);
    }
}
