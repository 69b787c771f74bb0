using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of some columns of a packed group of floats with tiles of four rows: what is loaded and converted serves four rows.
/// </summary>
/// <remarks>The additions are those of the kernel in C#: one chain of fused multiply-adds an output, in column order.</remarks>
internal sealed class FloatTileEmitter
{
    private const int Rows = TileSizes.Rows, Step = FloatEmitter.Step, LineBytes = 64;

    private static readonly AssemblerRegister64 Weights = rsi, X = rdx, Steps = rcx, Ahead = rbx, Tiles = rbp;
    private static readonly AssemblerRegister64 XStride = rax, XThrice = r10, Y = r8, YStride = r9, YThrice = r11;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly string _format;
    private readonly int _columnBytes;

    private FloatTileEmitter(string format, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _format = format;
        _columnBytes = MatrixKernel.GroupRows * FloatLoad.Bytes(format);
    }

    /// <summary>Assembles the kernel of F32, F16 or BF16, a function of one <see cref="FloatCall"/>.</summary>
    public static CodeBuilder Emit(string format, CallConvention convention)
    {
        var emitter = new FloatTileEmitter(format, convention);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        Assembler c = _c;
        _builder.Enter();
        c.mov(Ahead, FloatCall.Field(nameof(FloatCall.Ahead)));
        c.mov(XStride, FloatCall.Field(nameof(FloatCall.XFar)));
        c.lea(XThrice, __[XStride + XStride * 2]);
        c.mov(Y, FloatCall.Field(nameof(FloatCall.Y)));
        c.mov(YStride, FloatCall.Field(nameof(FloatCall.YFar)));
        c.lea(YThrice, __[YStride + YStride * 2]);
        c.mov(Tiles, FloatCall.Field(nameof(FloatCall.Tiles)));
        Label tile = c.CreateLabel(), step = c.CreateLabel(), near = c.CreateLabel();
        c.Label(ref tile);
        c.mov(Weights, FloatCall.Field(nameof(FloatCall.Weights)));
        c.mov(X, FloatCall.Field(nameof(FloatCall.X)));
        c.mov(Steps, FloatCall.Field(nameof(FloatCall.Steps)));
        Totals(store: false);
        c.Label(ref step);
        c.test(Ahead, Ahead);
        c.je(near);
        for (int line = 0; line < Step * _columnBytes; line += LineBytes)
        {
            c.prefetcht2(__byte_ptr[Weights + Ahead + line]);
            c.prefetcht0(__byte_ptr[Weights + KernelTuning.NearBytes + line]);
        }

        c.Label(ref near);
        for (int column = 0; column < Step; column++) AddColumn(column);
        c.add(Weights, Step * _columnBytes);
        c.add(X, Step * sizeof(float));
        c.dec(Steps);
        c.jne(step);
        Totals(store: true);
        c.xor(Ahead, Ahead); // the other tiles read what the first has brought near
        c.lea(Y, __[Y + YStride * Rows]);
        c.mov(X, FloatCall.Field(nameof(FloatCall.X)));
        c.lea(X, __[X + XStride * Rows]);
        c.mov(FloatCall.Field(nameof(FloatCall.X)), X);
        c.dec(Tiles);
        c.jne(tile);
        _builder.Leave();
    }

    private void AddColumn(int column)
    {
        FloatLoad.Emit(_c, _format, ymm8, __[Weights + column * _columnBytes]);
        FloatLoad.Emit(_c, _format, ymm9, __[Weights + column * _columnBytes + _columnBytes / 2]);
        for (int row = 0; row < Rows; row++)
        {
            AssemblerRegisterYMM value = row % 2 == 0 ? ymm10 : ymm11;
            _c.vbroadcastss(value, CodeBuilder.Strided(X, XStride, XThrice, row, column * sizeof(float)));
            _c.vfmadd231ps(Sum(2 * row), ymm8, value);
            _c.vfmadd231ps(Sum(2 * row + 1), ymm9, value);
        }
    }

    private void Totals(bool store)
    {
        for (int i = 0; i < 2 * Rows; i++)
        {
            AssemblerMemoryOperand place = CodeBuilder.Strided(Y, YStride, YThrice, i / 2, i % 2 * 32);
            if (store) _c.vmovups(place, Sum(i));
            else _c.vmovups(Sum(i), place);
        }
    }

    private static AssemblerRegisterYMM Sum(int index) => new(Register.YMM0 + index);
}
