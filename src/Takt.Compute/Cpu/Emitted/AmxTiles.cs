using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Shapes of AMX tiles (Intel SDM volume 1, chapter 18: palette 1 has 8 tiles of up to 16 rows of 64 bytes).</summary>
internal static class AmxTiles
{
    /// <summary>
    /// The 64 bytes of LDTILECFG for products of int8: tiles 0 and 1 are 16 x 16 dots, 2 and 3 activations of 16 rows, 4 and 5 weights.
    /// </summary>
    /// <param name="halves">Whether a dot takes 16 K; else 32.</param>
    public static byte[] Configuration(bool halves)
    {
        byte[] bytes = new byte[64];
        bytes[0] = 1;
        int inner = halves ? 16 : 32;
        for (int tile = 0; tile < 6; tile++)
        {
            bytes[16 + 2 * tile] = (byte)(tile / 2 == 1 ? inner : 64);
            bytes[48 + tile] = (byte)(tile / 2 == 2 ? inner / 4 : 16);
        }

        return bytes;
    }

    /// <summary>The same for products of bfloat16, every tile whole: 16 rows of 16 totals, or of 32 K.</summary>
    public static byte[] BFloatConfiguration()
    {
        byte[] bytes = new byte[64];
        bytes[0] = 1;
        for (int tile = 0; tile < 7; tile++) (bytes[16 + 2 * tile], bytes[48 + tile]) = (64, 16);
        return bytes;
    }

    /// <summary>Weights of a product of bfloat16.</summary>
    public static AssemblerRegisterTMM Weights => tmm4;

    /// <summary>Totals of one of up to four tiles of rows.</summary>
    public static AssemblerRegisterTMM Totals(int tile) => new(Register.TMM0 + tile);

    /// <summary>Activations of a tile of rows: two take turns, so that one is loaded while the other is multiplied.</summary>
    public static AssemblerRegisterTMM Activations(int tile) => new(Register.TMM5 + tile % 2);
}
