using System.Numerics;
using System.Runtime.Intrinsics;
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
    private const int Quads = 8, Halves = 2, HalfBytes = 32, RegisterBytes = Halves * HalfBytes;

    // Signed codes and plain nibbles have no upper bits: their registers hold ones and a table.
    private static readonly AssemblerRegisterYMM Mask = ymm10, Ones = ymm11, Table = ymm12, Value = ymm13, Code = ymm14, Other = ymm15;
    private static readonly AssemblerRegisterYMM[] Sums = [ymm4, ymm5], Upper = [ymm11, ymm12];

    private readonly Assembler _c = builder.Code;
    private readonly CodeLayout _codes = layout.Codes;

    // Quads whose products 16 bits hold together.
    private int Chain => (_codes.LowBits + _codes.UpperBits) switch { 6 => 2, 5 => 4, _ => 8 };

    /// <summary>Puts constants into registers, once a call.</summary>
    public void Prepare()
    {
        if (_codes.LowBits < 8) _c.vpbroadcastd(Mask, __dword_ptr[Bytes((1 << _codes.LowBits) - 1)]);
        if (_codes.UpperBits == 0) _c.vpbroadcastw(Ones, __word_ptr[builder.Constant([1, 0, 1, 0])]);
        if (_codes.Table is not { } table) return;
        byte[] values = new byte[16];
        table.CopyTo(values);
        _c.vbroadcasti128(Table, __xmmword_ptr[builder.Constant(values)]);
    }

    /// <summary>The dots of some quads.</summary>
    /// <param name="target">Receives them: two registers.</param>
    /// <param name="planes">Points to the part.</param>
    /// <param name="x">The part's activations.</param>
    /// <param name="first">The first quad, 0 or 4.</param>
    /// <param name="count">How many quads, 4 or 8.</param>
    public void Emit(AssemblerRegisterYMM[] target, AssemblerRegister64 planes, AssemblerMemoryOperand x, int first, int count)
    {
        int chain = Math.Min(Chain, count);
        for (int quad = first; quad < first + count; quad++)
        {
            _c.vpbroadcastd(Value, x + 4 * quad);
            for (int half = 0; half < Halves; half++)
            {
                if (_codes.Signed) AddSigned(target[half], planes, quad, half, quad == first);
                else AddUnsigned(planes, quad, half, quad % chain == 0);
            }

            if (!_codes.Signed && (quad + 1) % chain == 0) Widen(target, quad + 1 - chain == first);
        }
    }

    private void AddUnsigned(AssemblerRegister64 planes, int quad, int half, bool begins)
    {
        Load(planes, quad, half);
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
            AssemblerRegisterYMM to = begins ? target[half] : Sums[half];
            if (_codes.UpperBits == 0) _c.vpmaddwd(to, Sums[half], Ones);
            else _c.vpmaddwd(to, Sums[half], __ymmword_ptr[builder.Constant(Repeat(1, 0))]);
            if (!begins) _c.vpaddd(target[half], target[half], to);
        }
    }

    // |w| * sign(x, w): the sum of two fits 16 bits because |x| is at most 127, a third would not.
    private void AddSigned(AssemblerRegisterYMM target, AssemblerRegister64 planes, int quad, int half, bool begins)
    {
        if (_codes.LowBits == 8)
        {
            AssemblerMemoryOperand weights = __ymmword_ptr[planes + RegisterBytes * quad + HalfBytes * half];
            _c.vpabsb(Other, weights);
            _c.vpsignb(Code, Value, weights);
        }
        else
        {
            Load(planes, quad, half);
            _c.vpshufb(Code, Table, Code);
            _c.vpabsb(Other, Code);
            _c.vpsignb(Code, Value, Code);
        }

        _c.vpmaddubsw(Other, Other, Code);
        _c.vpmaddwd(begins ? target : Other, Other, Ones);
        if (!begins) _c.vpaddd(target, target, Other);
    }

    // The codes of half a quad as they are stored, one a byte.
    private void Load(AssemblerRegister64 planes, int quad, int half)
    {
        int low = _codes.LowBits, upper = _codes.UpperBits;
        // Nibbles of quads 4-7 share registers with those of quads 0-3, all else lies quad after quad.
        (int register, int from) = low == 4 ? (quad & 3, quad & 4) : (quad * low / 8, quad * low % 8);
        AssemblerMemoryOperand source = __ymmword_ptr[planes + RegisterBytes * register + HalfBytes * half];
        if (from == 0)
        {
            _c.vpand(Code, Mask, source);
        }
        else
        {
            _c.vmovdqu(Code, source);
            _c.vpsrlw(Code, Code, (byte)from);
            _c.vpand(Code, Code, Mask);
        }

        if (upper == 0) return;
        int at = quad * upper;
        if (at % 8 == 0) _c.vmovdqu(Upper[half], __ymmword_ptr[planes + RegisterBytes * (low + at / 8) + HalfBytes * half]);
        AssemblerRegisterYMM moved = Move(Upper[half], at % 8, low);
        _c.vpand(Other, moved, __ymmword_ptr[Bytes(((1 << upper) - 1) << low)]);
        _c.vpor(Code, Code, Other);
    }

    private AssemblerRegisterYMM Move(AssemblerRegisterYMM source, int from, int to)
    {
        if (from == to) return source;
        if (from > to) _c.vpsrlw(Other, source, (byte)(from - to));
        else _c.vpslld(Other, source, (byte)(to - from));
        return Other;
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

    private Label Bytes(int value) => builder.Constant(Repeat((byte)value));

    private static byte[] Repeat(params ReadOnlySpan<byte> pattern)
    {
        byte[] bytes = new byte[HalfBytes];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = pattern[i % pattern.Length];
        return bytes;
    }
}
