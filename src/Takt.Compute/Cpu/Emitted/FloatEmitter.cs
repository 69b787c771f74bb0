using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of four packed groups of floats with one row. .NET has no intrinsic for VCVTPH2PS, and without it a half costs six
/// instructions, more than reading it from memory takes.
/// </summary>
/// <remarks>The additions are those of the kernel in C#: one chain of fused multiply-adds an output, in column order.</remarks>
internal sealed class FloatEmitter
{
    /// <summary>Groups that are multiplied together.</summary>
    public const int Groups = 4;

    /// <summary>Columns must be a multiple of this: two of 16 bits fill a cache line.</summary>
    public const int Step = 2;

    private const int LineBytes = 64;

    private static readonly AssemblerRegister64 Weights = rsi, X = rdx, Steps = rcx, Far = rax, FarThrice = r10, Y = r8, YFar = r9, Ahead = r11;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly string _format;
    private readonly int _columnBytes;

    private FloatEmitter(string format, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _format = format;
        _columnBytes = MatrixKernel.GroupRows * FloatLoad.Bytes(format);
    }

    /// <summary>Assembles the kernel of F32, F16 or BF16, a function of one <see cref="FloatCall"/>.</summary>
    public static CodeBuilder Emit(string format, CallConvention convention)
    {
        var emitter = new FloatEmitter(format, convention);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        Assembler c = _c;
        _builder.Enter();
        c.mov(Weights, FloatCall.Field(nameof(FloatCall.Weights)));
        c.mov(X, FloatCall.Field(nameof(FloatCall.X)));
        c.mov(Steps, FloatCall.Field(nameof(FloatCall.Steps)));
        c.mov(Far, FloatCall.Field(nameof(FloatCall.WeightsFar)));
        c.mov(Y, FloatCall.Field(nameof(FloatCall.Y)));
        c.mov(YFar, FloatCall.Field(nameof(FloatCall.YFar)));
        c.mov(Ahead, FloatCall.Field(nameof(FloatCall.Ahead)));
        c.add(Ahead, Weights);
        c.lea(FarThrice, __[Far + Far * 2]);
        for (int i = 0; i < 2 * Groups; i++) c.vxorps(Sum(i), Sum(i), Sum(i));
        Label step = c.CreateLabel();
        c.Label(ref step);
        for (int group = 0; group < Groups; group++)
        {
            for (int line = 0; line < Step * _columnBytes; line += LineBytes)
            {
                c.prefetcht2(CodeBuilder.Strided(Ahead, Far, FarThrice, group, line));
                c.prefetcht0(Group(group, KernelTuning.NearBytes + line));
            }
        }

        for (int column = 0; column < Step; column++) AddColumn(column);
        c.add(Weights, Step * _columnBytes);
        c.add(Ahead, Step * _columnBytes);
        c.add(X, Step * sizeof(float));
        c.dec(Steps);
        c.jne(step);
        for (int group = 0; group < Groups; group++)
        {
            c.vmovups(__ymmword_ptr[Y], Sum(2 * group));
            c.vmovups(__ymmword_ptr[Y + 32], Sum(2 * group + 1));
            if (group + 1 < Groups) c.add(Y, YFar);
        }

        _builder.Leave();
    }

    private void AddColumn(int column)
    {
        _c.vbroadcastss(ymm8, __dword_ptr[X + column * sizeof(float)]);
        for (int group = 0; group < Groups; group++)
        {
            FloatLoad.Emit(_c, _format, ymm9, Group(group, column * _columnBytes));
            FloatLoad.Emit(_c, _format, ymm10, Group(group, column * _columnBytes + _columnBytes / 2));
            _c.vfmadd231ps(Sum(2 * group), ymm9, ymm8);
            _c.vfmadd231ps(Sum(2 * group + 1), ymm10, ymm8);
        }
    }

    private static AssemblerMemoryOperand Group(int group, int offset) => CodeBuilder.Strided(Weights, Far, FarThrice, group, offset);

    private static AssemblerRegisterYMM Sum(int index) => new(Register.YMM0 + index);
}
