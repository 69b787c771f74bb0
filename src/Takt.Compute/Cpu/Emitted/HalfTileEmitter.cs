using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of some columns of a packed group of 16-bit floats with tiles of four rows: what is converted serves four rows.
/// </summary>
/// <remarks>The additions are those of the kernel in C#: one chain of fused multiply-adds an output, in column order.</remarks>
internal static class HalfTileEmitter
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    private const int Step = HalfEmitter.Step, ColumnBytes = 32;

    private static readonly AssemblerRegister64 Weights = rsi, X = rdx, Steps = rcx, Ahead = rbx, Tiles = rbp;
    private static readonly AssemblerRegister64 XStride = rax, XThrice = r10, Y = r8, YStride = r9, YThrice = r11;

    /// <summary>
    /// Assembles the kernel. Its call's rows are tiles, its blocks steps of columns, and its scales' place is taken by the distance at which
    /// the first tile asks for memory.
    /// </summary>
    public static CodeBuilder Emit(CallConvention convention)
    {
        var builder = new CodeBuilder(convention);
        Assembler c = builder.Code;
        builder.Enter();
        c.mov(Ahead, KernelCall.Field(nameof(KernelCall.Scales)));
        c.mov(XStride, KernelCall.Field(nameof(KernelCall.XStride)));
        c.lea(XThrice, __[XStride + XStride * 2]);
        c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        c.mov(YStride, KernelCall.Field(nameof(KernelCall.YStride)));
        c.lea(YThrice, __[YStride + YStride * 2]);
        c.mov(Tiles, KernelCall.Field(nameof(KernelCall.Rows)));
        Label tile = c.CreateLabel(), step = c.CreateLabel(), near = c.CreateLabel();
        c.Label(ref tile);
        c.mov(Weights, KernelCall.Field(nameof(KernelCall.Planes)));
        c.mov(X, KernelCall.Field(nameof(KernelCall.Codes)));
        c.mov(Steps, KernelCall.Field(nameof(KernelCall.Blocks)));
        Totals(c, static (c, place, sum) => c.vmovups(sum, place));
        c.Label(ref step);
        c.test(Ahead, Ahead);
        c.je(near);
        c.prefetcht2(__byte_ptr[Weights + Ahead]);
        c.prefetcht0(__byte_ptr[Weights + KernelTuning.NearBytes]);
        c.Label(ref near);
        for (int column = 0; column < Step; column++) AddColumn(c, column);
        c.add(Weights, Step * ColumnBytes);
        c.add(X, Step * sizeof(float));
        c.dec(Steps);
        c.jne(step);
        Totals(c, static (c, place, sum) => c.vmovups(place, sum));
        c.xor(Ahead, Ahead); // the other tiles read what the first has brought near
        c.lea(Y, __[Y + YStride * Rows]);
        c.mov(X, KernelCall.Field(nameof(KernelCall.Codes)));
        c.lea(X, __[X + XStride * Rows]);
        c.mov(KernelCall.Field(nameof(KernelCall.Codes)), X);
        c.dec(Tiles);
        c.jne(tile);
        builder.Leave();
        return builder;
    }

    private static void AddColumn(Assembler c, int column)
    {
        c.vcvtph2ps(ymm8, __xmmword_ptr[Weights + column * ColumnBytes]);
        c.vcvtph2ps(ymm9, __xmmword_ptr[Weights + column * ColumnBytes + 16]);
        for (int row = 0; row < Rows; row++)
        {
            AssemblerRegisterYMM value = row % 2 == 0 ? ymm10 : ymm11;
            c.vbroadcastss(value, Row(X, XStride, XThrice, row, column * sizeof(float)));
            c.vfmadd231ps(Sum(2 * row), ymm8, value);
            c.vfmadd231ps(Sum(2 * row + 1), ymm9, value);
        }
    }

    private static void Totals(Assembler c, Action<Assembler, AssemblerMemoryOperand, AssemblerRegisterYMM> move)
    {
        for (int i = 0; i < 2 * Rows; i++) move(c, Row(Y, YStride, YThrice, i / 2, i % 2 * 32), Sum(i));
    }

    private static AssemblerMemoryOperand Row(AssemblerRegister64 first, AssemblerRegister64 stride, AssemblerRegister64 thrice, int row, int at) => row switch
    {
        0 => __[first + at],
        1 => __[first + stride + at],
        2 => __[first + stride * 2 + at],
        _ => __[first + thrice + at],
    };

    private static AssemblerRegisterYMM Sum(int index) => new(Register.YMM0 + index);
}
