using System.Numerics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the exact integer dots of a packed part with one row of activations, for AVX2: products of bytes are added as 16-bit integers
/// as long as those hold them, then as 32-bit ones.
/// </summary>
/// <remarks>Uses ymm4-5 and ymm10-15; of those, ymm10-12 hold what <see cref="Prepare"/> puts there.</remarks>
internal sealed class RowDots(CodeBuilder builder, PackedLayout layout)
{
    private const int Quads = 8, Halves = 2;

    private static readonly AssemblerRegisterYMM Value = ymm13, Code = ymm14, Other = ymm15;
    private static readonly AssemblerRegisterYMM[] Sums = [ymm4, ymm5];

    private readonly Assembler _c = builder.Code;
    private readonly CodeEmitter _code = new(builder, layout.Codes);

    /// <summary>Puts constants into registers, once a call.</summary>
    public void Prepare() => _code.Prepare();

    /// <summary>The dots of some quads.</summary>
    /// <param name="target">Receives them: two registers.</param>
    /// <param name="planes">Points to the part.</param>
    /// <param name="x">The part's activations.</param>
    /// <param name="first">The first quad, 0 or 4.</param>
    /// <param name="count">How many quads, 4 or 8.</param>
    public void Emit(AssemblerRegisterYMM[] target, AssemblerRegister64 planes, AssemblerMemoryOperand x, int first, int count)
    {
        int chain = Math.Min(_code.Chain, count);
        bool signed = layout.Codes.Signed;
        for (int quad = first; quad < first + count; quad++)
        {
            _c.vpbroadcastd(Value, x + 4 * quad);
            for (int half = 0; half < Halves; half++)
            {
                if (signed) AddSigned(target[half], planes, quad, half, quad == first);
                else AddUnsigned(planes, quad, half, quad % chain == 0);
            }

            if (!signed && (quad + 1) % chain == 0) Widen(target, quad + 1 - chain == first);
        }
    }

    private void AddUnsigned(AssemblerRegister64 planes, int quad, int half, bool begins)
    {
        _code.Load(Code, planes, quad, half);
        if (begins)
        {
            _c.vpmaddubsw(Sums[half], Code, Value);
            return;
        }

        _c.vpmaddubsw(Code, Code, Value);
        _c.vpaddw(Sums[half], Sums[half], Code);
    }

    private void Widen(AssemblerRegisterYMM[] target, bool begins)
    {
        for (int half = 0; half < Halves; half++)
        {
            _code.Widen(begins ? target[half] : Sums[half], Sums[half]);
            if (!begins) _c.vpaddd(target[half], target[half], Sums[half]);
        }
    }

    // |w| * sign(x, w): the sum of two fits 16 bits because |x| is at most 127, a third would not.
    private void AddSigned(AssemblerRegisterYMM target, AssemblerRegister64 planes, int quad, int half, bool begins)
    {
        if (layout.Codes.LowBits == 8)
        {
            AssemblerMemoryOperand weights = CodeEmitter.Plain(planes, quad, half);
            _c.vpabsb(Other, weights);
            _c.vpsignb(Code, Value, weights);
        }
        else
        {
            _code.Load(Code, planes, quad, half);
            _c.vpabsb(Other, Code);
            _c.vpsignb(Code, Value, Code);
        }

        _c.vpmaddubsw(Other, Other, Code);
        _code.Widen(begins ? target : Other, Other);
        if (!begins) _c.vpaddd(target, target, Other);
    }

    /// <summary>Takes away what the codes' offset has added to dots.</summary>
    /// <param name="target">The dots.</param>
    /// <param name="sums">The sums of the part's activations.</param>
    /// <param name="first">The first quad, 0 or 4.</param>
    /// <param name="count">How many quads, 4 or 8.</param>
    public void TakeOffset(AssemblerRegisterYMM[] target, AssemblerMemoryOperand sums, int first, int count)
    {
        if (layout.Offset == 0) return;
        Sum(Value, sums, first, count);
        _c.vpslld(Value, Value, (byte)BitOperations.Log2((uint)layout.Offset));
        foreach (AssemblerRegisterYMM dots in target) _c.vpsubd(dots, dots, Value);
    }

    /// <summary>The sum of the activations of some quads, in all lanes.</summary>
    public void Sum(AssemblerRegisterYMM target, AssemblerMemoryOperand sums, int first, int count)
    {
        _c.vpbroadcastd(target, sums + first);
        if (count < Quads) return;
        _c.vpbroadcastd(Other, sums + sizeof(int));
        _c.vpaddd(target, target, Other);
    }
}
