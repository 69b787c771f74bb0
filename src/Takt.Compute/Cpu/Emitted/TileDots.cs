using System.Numerics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the exact integer dots of a packed part with four rows of activations, for AVX2, as <see cref="RowDots"/> does with one: what
/// is unpacked serves four rows, and no more registers are needed than there are.
/// </summary>
/// <remarks>Dots are ymm0-7, two registers a row; ymm10-12 hold what <see cref="Prepare"/> puts there, the others are used.</remarks>
internal sealed class TileDots(CodeBuilder builder, PackedLayout layout)
{
    /// <summary>Bytes of scratch that <see cref="Emit"/> uses.</summary>
    public const int ScratchBytes = Count * RegisterBytes;

    /// <summary>Registers of dots.</summary>
    public const int Count = 2 * TileSizes.Rows;

    private const int Quads = 8, Halves = 2, RegisterBytes = 32;

    private static readonly AssemblerRegisterYMM Value = ymm13, Product = ymm8;

    // Plain bytes need no mask, so that the codes of both halves and their magnitudes have a place.
    private static readonly AssemblerRegisterYMM[] Codes = [ymm14, ymm9], Magnitudes = [ymm15, ymm10];

    private readonly Assembler _c = builder.Code;
    private readonly CodeEmitter _code = new(builder, layout.Codes);

    /// <summary>The dots of half of the outputs with a row.</summary>
    public static AssemblerRegisterYMM Dot(int row, int half) => new(Register.YMM0 + Halves * row + half);

    /// <summary>Puts constants into registers, once a call.</summary>
    public void Prepare() => _code.Prepare();

    /// <summary>The dots of some quads.</summary>
    /// <param name="planes">Points to the part.</param>
    /// <param name="x">A row's activations, by the row and the offset of a quad in it.</param>
    /// <param name="scratch">Points to <see cref="ScratchBytes"/>.</param>
    /// <param name="first">The first quad, 0 or 4.</param>
    /// <param name="count">How many quads, 4 or 8.</param>
    public void Emit(AssemblerRegister64 planes, Func<int, int, AssemblerMemoryOperand> x, AssemblerRegister64 scratch, int first, int count)
    {
        int chain = Math.Min(_code.Chain, count);
        for (int quad = first; quad < first + count; quad++)
        {
            if (layout.Codes.LowBits == 8) AddBytes(planes, x, quad, quad == first);
            else if (layout.Codes.Signed) AddSigned(planes, x, quad, quad == first);
            else AddUnsigned(planes, x, quad, quad % chain == 0);
            if (!layout.Codes.Signed && (quad + 1) % chain == 0) Widen(scratch, quad + 1 - chain == first, quad + 1 == first + count);
        }
    }

    private void AddUnsigned(AssemblerRegister64 planes, Func<int, int, AssemblerMemoryOperand> x, int quad, bool begins)
    {
        for (int half = 0; half < Halves; half++) _code.Load(Codes[half], planes, quad, half);
        for (int row = 0; row < TileSizes.Rows; row++)
        {
            _c.vpbroadcastd(Value, x(row, 4 * quad));
            for (int half = 0; half < Halves; half++)
            {
                _c.vpmaddubsw(begins ? Dot(row, half) : Product, Codes[half], Value);
                if (!begins) _c.vpaddw(Dot(row, half), Dot(row, half), Product);
            }
        }
    }

    // Sums of 16 bits become dots of 32; those of an earlier chain wait in memory.
    private void Widen(AssemblerRegister64 scratch, bool begins, bool ends)
    {
        for (int i = 0; i < Count; i++)
        {
            AssemblerRegisterYMM dots = new(Register.YMM0 + i);
            _code.Widen(dots, dots);
            if (!begins) _c.vpaddd(dots, dots, __ymmword_ptr[scratch + RegisterBytes * i]);
            if (!ends) _c.vmovdqa(__ymmword_ptr[scratch + RegisterBytes * i], dots);
        }
    }

    private void AddBytes(AssemblerRegister64 planes, Func<int, int, AssemblerMemoryOperand> x, int quad, bool begins)
    {
        for (int half = 0; half < Halves; half++)
        {
            _c.vmovdqu(Codes[half], CodeEmitter.Plain(planes, quad, half));
            _c.vpabsb(Magnitudes[half], Codes[half]);
        }

        for (int row = 0; row < TileSizes.Rows; row++)
        {
            _c.vpbroadcastd(Value, x(row, 4 * quad));
            for (int half = 0; half < Halves; half++) AddProduct(row, half, Codes[half], Magnitudes[half], begins);
        }
    }

    private void AddSigned(AssemblerRegister64 planes, Func<int, int, AssemblerMemoryOperand> x, int quad, bool begins)
    {
        for (int half = 0; half < Halves; half++)
        {
            _code.Load(Codes[0], planes, quad, half);
            _c.vpabsb(Codes[1], Codes[0]);
            for (int row = 0; row < TileSizes.Rows; row++)
            {
                _c.vpbroadcastd(Value, x(row, 4 * quad));
                AddProduct(row, half, Codes[0], Codes[1], begins);
            }
        }
    }

    // |w| * sign(x, w), as in the dots of one row.
    private void AddProduct(int row, int half, AssemblerRegisterYMM code, AssemblerRegisterYMM magnitude, bool begins)
    {
        _c.vpsignb(Product, Value, code);
        _c.vpmaddubsw(Product, magnitude, Product);
        _code.Widen(begins ? Dot(row, half) : Product, Product);
        if (!begins) _c.vpaddd(Dot(row, half), Dot(row, half), Product);
    }

    /// <summary>Takes away what the codes' offset has added to dots.</summary>
    /// <param name="sums">The sums of a row's activations, by the row and the offset of a half's.</param>
    /// <param name="first">The first quad, 0 or 4.</param>
    /// <param name="count">How many quads, 4 or 8.</param>
    public void TakeOffset(Func<int, int, AssemblerMemoryOperand> sums, int first, int count)
    {
        if (layout.Offset == 0) return;
        for (int row = 0; row < TileSizes.Rows; row++)
        {
            Sum(Value, sums, row, first, count);
            _c.vpslld(Value, Value, (byte)BitOperations.Log2((uint)layout.Offset));
            for (int half = 0; half < Halves; half++) _c.vpsubd(Dot(row, half), Dot(row, half), Value);
        }
    }

    /// <summary>The sum of the activations of some quads of a row, in all lanes.</summary>
    public void Sum(AssemblerRegisterYMM target, Func<int, int, AssemblerMemoryOperand> sums, int row, int first, int count)
    {
        _c.vpbroadcastd(target, sums(row, first));
        if (count < Quads) return;
        _c.vpbroadcastd(Product, sums(row, sizeof(int)));
        _c.vpaddd(target, target, Product);
    }
}
