using Iced.Intel;
using Takt.Compute.Blocks;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Emits what brings eight stored floats into a register, for AVX2 with F16C.</summary>
internal static class FloatLoad
{
    /// <summary>Bytes of a stored value.</summary>
    /// <param name="format">The name of F32, F16 or BF16.</param>
    public static int Bytes(string format) => format == WeightFormat.F32.Name ? sizeof(float) : sizeof(ushort);

    /// <summary>Loads them.</summary>
    public static void Emit(Assembler code, string format, AssemblerRegisterYMM target, AssemblerMemoryOperand place)
    {
        if (format == WeightFormat.F32.Name)
        {
            code.vmovups(target, place);
        }
        else if (format == WeightFormat.F16.Name)
        {
            code.vcvtph2ps(target, place);
        }
        else
        {
            code.vpmovzxwd(target, place);
            code.vpslld(target, target, 16);
        }
    }
}
