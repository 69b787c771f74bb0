using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of four packed groups of 16-bit floats with one row. .NET has no intrinsic for VCVTPH2PS, and without it a half
/// costs six instructions, more than reading it from memory takes.
/// </summary>
/// <remarks>The additions are those of the kernel in C#: one chain of fused multiply-adds an output, in column order.</remarks>
internal static class HalfEmitter
{
    /// <summary>Groups that are multiplied together.</summary>
    public const int Groups = 4;

    /// <summary>Columns must be a multiple of this: two of them fill a cache line.</summary>
    public const int Step = 2;

    private const int ColumnBytes = 32, FarBytes = 4096;

    private static readonly AssemblerRegister64 Weights = rsi, X = rdx, Steps = rcx, Far = rax, FarThrice = r10, Y = r8, YFar = r9;

    /// <summary>Assembles the kernel. Its call's XStride is the distance of the groups, its blocks are steps.</summary>
    public static CodeBuilder Emit(CallConvention convention)
    {
        var builder = new CodeBuilder(convention);
        Assembler c = builder.Code;
        builder.Enter();
        c.mov(Weights, KernelCall.Field(nameof(KernelCall.Planes)));
        c.mov(X, KernelCall.Field(nameof(KernelCall.Codes)));
        c.mov(Steps, KernelCall.Field(nameof(KernelCall.Blocks)));
        c.mov(Far, KernelCall.Field(nameof(KernelCall.XStride)));
        c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        c.mov(YFar, KernelCall.Field(nameof(KernelCall.YStride)));
        c.lea(FarThrice, __[Far + Far * 2]);
        for (int i = 0; i < 2 * Groups; i++) c.vxorps(Sum(i), Sum(i), Sum(i));
        Label step = c.CreateLabel();
        c.Label(ref step);
        for (int group = 0; group < Groups; group++)
        {
            c.prefetcht2(Group(group, FarBytes));
            c.prefetcht0(Group(group, KernelTuning.NearBytes));
        }

        for (int column = 0; column < Step; column++) AddColumn(c, column);
        c.add(Weights, Step * ColumnBytes);
        c.add(X, Step * sizeof(float));
        c.dec(Steps);
        c.jne(step);
        for (int group = 0; group < Groups; group++)
        {
            c.vmovups(__ymmword_ptr[Y], Sum(2 * group));
            c.vmovups(__ymmword_ptr[Y + 32], Sum(2 * group + 1));
            if (group + 1 < Groups) c.add(Y, YFar);
        }

        builder.Leave();
        return builder;
    }

    private static void AddColumn(Assembler c, int column)
    {
        c.vbroadcastss(ymm8, __dword_ptr[X + column * sizeof(float)]);
        for (int group = 0; group < Groups; group++)
        {
            c.vcvtph2ps(ymm9, Group(group, column * ColumnBytes));
            c.vcvtph2ps(ymm10, Group(group, column * ColumnBytes + 16));
            c.vfmadd231ps(Sum(2 * group), ymm9, ymm8);
            c.vfmadd231ps(Sum(2 * group + 1), ymm10, ymm8);
        }
    }

    private static AssemblerMemoryOperand Group(int group, int offset) => group switch
    {
        0 => __[Weights + offset],
        1 => __[Weights + Far + offset],
        2 => __[Weights + Far * 2 + offset],
        _ => __[Weights + FarThrice + offset],
    };

    private static AssemblerRegisterYMM Sum(int index) => new(Register.YMM0 + index);
}
