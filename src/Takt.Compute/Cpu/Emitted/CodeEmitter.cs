using System.Runtime.Intrinsics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Emits what brings the packed codes of a part into registers of bytes, for AVX2.</summary>
/// <remarks>ymm10-12 hold what <see cref="Prepare"/> puts there, or the upper bits of codes; ymm15 is used on the way.</remarks>
internal sealed class CodeEmitter(CodeBuilder builder, CodeLayout codes)
{
    private const int HalfBytes = 32, RegisterBytes = 2 * HalfBytes;

    // Signed codes and plain nibbles have no upper bits: their registers hold ones and a table.
    private static readonly AssemblerRegisterYMM Mask = ymm10, Table = ymm12, Other = ymm15;
    private static readonly AssemblerRegisterYMM[] Upper = [ymm11, ymm12];

    private readonly Assembler _c = builder.Code;

    /// <summary>Sixteen-bit ones; a register only where <see cref="HasOnes"/>.</summary>
    public static AssemblerRegisterYMM Ones => ymm11;

    /// <summary>Whether <see cref="Ones"/> are kept in their register.</summary>
    public bool HasOnes => codes.UpperBits == 0;

    /// <summary>Quads whose products with bytes 16 bits hold together.</summary>
    public int Chain => (codes.LowBits + codes.UpperBits) switch { 6 => 2, 5 => 4, _ => 8 };

    /// <summary>Puts constants into registers, once a call.</summary>
    public void Prepare()
    {
        if (codes.LowBits < 8) _c.vpbroadcastd(Mask, __dword_ptr[Bytes((1 << codes.LowBits) - 1)]);
        if (HasOnes) _c.vpbroadcastw(Ones, __word_ptr[builder.Constant([1, 0, 1, 0])]);
        if (codes.Table is not { } table) return;
        byte[] values = new byte[16];
        table.CopyTo(values);
        _c.vbroadcasti128(Table, __xmmword_ptr[builder.Constant(values)]);
    }

    /// <summary>Adds the pairs of a register of 16-bit sums.</summary>
    public void Widen(AssemblerRegisterYMM target, AssemblerRegisterYMM sums)
    {
        if (HasOnes) _c.vpmaddwd(target, sums, Ones);
        else _c.vpmaddwd(target, sums, __ymmword_ptr[builder.Constant(Repeat(1, 0))]);
    }

    /// <summary>Where the codes of half a quad lie as they are; only for layouts of plain bytes.</summary>
    public static AssemblerMemoryOperand Plain(AssemblerRegister64 planes, int quad, int half) =>
        __ymmword_ptr[planes + RegisterBytes * quad + HalfBytes * half];

    /// <summary>The codes of half a quad, one a byte: as they are stored, or what a table says they stand for.</summary>
    public void Load(AssemblerRegisterYMM target, AssemblerRegister64 planes, int quad, int half)
    {
        int low = codes.LowBits, upper = codes.UpperBits;
        // Nibbles of quads 4-7 share registers with those of quads 0-3, all else lies quad after quad.
        (int register, int from) = low == 4 ? (quad & 3, quad & 4) : (quad * low / 8, quad * low % 8);
        AssemblerMemoryOperand source = Plain(planes, register, half);
        if (low == 8)
        {
            _c.vmovdqu(target, source);
        }
        else if (from == 0)
        {
            _c.vpand(target, Mask, source);
        }
        else
        {
            _c.vmovdqu(target, source);
            _c.vpsrlw(target, target, (byte)from);
            _c.vpand(target, target, Mask);
        }

        if (upper > 0) AddUpper(target, planes, quad, half);
        if (codes.Table is not null) _c.vpshufb(target, Table, target);
    }

    private void AddUpper(AssemblerRegisterYMM target, AssemblerRegister64 planes, int quad, int half)
    {
        int low = codes.LowBits, upper = codes.UpperBits, at = quad * upper;
        if (at % 8 == 0) _c.vmovdqu(Upper[half], Plain(planes, low + at / 8, half));
        AssemblerRegisterYMM moved = Move(Upper[half], at % 8, low);
        _c.vpand(Other, moved, __ymmword_ptr[Bytes(((1 << upper) - 1) << low)]);
        _c.vpor(target, target, Other);
    }

    private AssemblerRegisterYMM Move(AssemblerRegisterYMM source, int from, int to)
    {
        if (from == to) return source;
        if (from > to) _c.vpsrlw(Other, source, (byte)(from - to));
        else _c.vpslld(Other, source, (byte)(to - from));
        return Other;
    }

    private Label Bytes(int value) => builder.Constant(Repeat((byte)value));

    private static byte[] Repeat(params ReadOnlySpan<byte> pattern)
    {
        byte[] bytes = new byte[HalfBytes];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = pattern[i % pattern.Length];
        return bytes;
    }
}
