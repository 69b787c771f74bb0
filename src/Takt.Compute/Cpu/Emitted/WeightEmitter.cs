using System.Runtime.Intrinsics;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits what brings packed weights into registers. Codes of a part go to zmm0-7, a quad each; scales to zmm11 and those of
/// minimums to zmm12; sub-scales to zmm13 and zmm14, minimums to zmm15 and, the second, to memory. Uses zmm8-10 on the way.
/// </summary>
internal sealed class WeightEmitter(CodeBuilder builder, PackedLayout layout)
{
    /// <summary>Where in the call's scratch the second minimums of a part lie.</summary>
    public const int SecondMins = 2560;

    private static readonly AssemblerRegisterZMM Part = zmm8, UpperMask = zmm9, LowMask = zmm10;
    private readonly Assembler _c = builder.Code;

    /// <summary>The register of a quad's codes.</summary>
    public static AssemblerRegisterZMM Quad(int quad) => new(Register.ZMM0 + quad);

    /// <summary>Codes as unsigned bytes: what is signed is 128 too large, what is not as it is stored.</summary>
    /// <param name="planes">Points to the part.</param>
    public void UnsignedCodes(AssemblerRegister64 planes)
    {
        if (layout.Codes.LowBits == 8) Bytes(planes);
        else Bits(planes);
        if (layout.Codes.Table is { } table) LookUp(table ^ Vector128.Create((byte)0x80));
    }

    /// <summary>Codes as the signed bytes they stand for, less what formats with minimums take away.</summary>
    /// <param name="planes">Points to the part; its format is none of plain bytes.</param>
    public void SignedCodes(AssemblerRegister64 planes)
    {
        Bits(planes);
        if (layout.Codes.Table is { } table) LookUp(table);
        if (layout.Offset == 0) return;
        _c.vpbroadcastd(LowMask, __dword_ptr[builder.Constant(BitConverter.GetBytes(0x01010101u * (uint)layout.Offset))]);
        for (int quad = 0; quad < 8; quad++) _c.vpsubb(Quad(quad), Quad(quad), LowMask);
    }

    private void Bytes(AssemblerRegister64 planes)
    {
        _c.vpbroadcastd(LowMask, __dword_ptr[builder.Constant(BitConverter.GetBytes(0x80808080u))]);
        for (int quad = 0; quad < 8; quad++) _c.vpxord(Quad(quad), LowMask, __zmmword_ptr[planes + 64 * quad]);
    }

    private void Bits(AssemblerRegister64 planes)
    {
        int low = layout.Codes.LowBits, upper = layout.Codes.UpperBits;
        Mask(LowMask, low, 0);
        if (upper > 0) Mask(UpperMask, upper, low);
        for (int quad = 0; quad < 8; quad++)
        {
            // Nibbles of quads 4-7 share registers with those of quads 0-3, all else lies quad after quad.
            (int register, int from) = low == 4 ? (quad & 3, quad & 4) : (quad * low / 8, quad * low % 8);
            Field(Quad(quad), __zmmword_ptr[planes + 64 * register], from, 0, LowMask);
            if (upper == 0) continue;
            Field(Part, __zmmword_ptr[planes + 64 * (low + quad * upper / 8)], quad * upper % 8, low, UpperMask);
            _c.vpord(Quad(quad), Quad(quad), Part);
        }
    }

    private void Mask(AssemblerRegisterZMM register, int bits, int at) =>
        _c.vpbroadcastd(register, __dword_ptr[builder.Constant(BitConverter.GetBytes(0x01010101u * (uint)((1 << bits) - 1 << at)))]);

    // Moves bits of every byte from one place to another and keeps those in the mask.
    private void Field(AssemblerRegisterZMM target, AssemblerMemoryOperand source, int from, int to, AssemblerRegisterZMM mask)
    {
        if (from == to)
        {
            _c.vpandd(target, mask, source);
            return;
        }

        if (from > to) _c.vpsrlw(target, source, (byte)(from - to));
        else _c.vpslld(target, source, (byte)(to - from));
        _c.vpandd(target, target, mask);
    }

    private void LookUp(Vector128<byte> table)
    {
        byte[] values = new byte[16];
        table.CopyTo(values);
        _c.vbroadcasti32x4(LowMask, __xmmword_ptr[builder.Constant(values)]);
        for (int quad = 0; quad < 8; quad++) _c.vpshufb(Quad(quad), LowMask, Quad(quad));
    }

    /// <summary>The scales of a block.</summary>
    public void BlockScales(AssemblerRegister64 scales)
    {
        if (layout.Scales.IsBFloat)
        {
            _c.vpmovzxwd(zmm11, __ymmword_ptr[scales]);
            _c.vpslld(zmm11, zmm11, 16);
        }
        else
        {
            _c.vcvtph2ps(zmm11, __ymmword_ptr[scales]);
        }

        if (layout.Scales.HasMin) _c.vcvtph2ps(zmm12, __ymmword_ptr[scales + 32]);
    }

    /// <summary>The sub-scales and minimums of a part.</summary>
    /// <param name="subs">Points to them.</param>
    /// <param name="scratch">Points to the call's scratch.</param>
    public void SubScales(AssemblerRegister64 subs, AssemblerRegister64 scratch)
    {
        ScaleLayout scales = layout.Scales;
        if (scales.Sub == SubScale.None) return;
        Integers(zmm13, subs, 0);
        if (scales.Sub == SubScale.Half) Integers(zmm14, subs, 16);
        if (scales.Kind == SubKind.Unsigned)
        {
            Integers(zmm15, subs, ScaleLayout.ToSubMins);
            _c.vcvtdq2ps(zmm15, zmm15);
        }

        if (scales.Kind == SubKind.Nibbles)
        {
            _c.vpsrld(zmm15, zmm14, 4);
            _c.vcvtdq2ps(zmm15, zmm15);
            _c.vmovups(__zmmword_ptr[scratch + SecondMins], zmm15);
            _c.vpsrld(zmm15, zmm13, 4);
            _c.vcvtdq2ps(zmm15, zmm15);
            _c.vpandd(zmm13, zmm13, builder.Broadcast(15));
            _c.vpandd(zmm14, zmm14, builder.Broadcast(15));
        }

        _c.vcvtdq2ps(zmm13, zmm13);
        if (scales.Sub == SubScale.Half) _c.vcvtdq2ps(zmm14, zmm14);
    }

    private void Integers(AssemblerRegisterZMM target, AssemblerRegister64 source, int at)
    {
        if (layout.Scales.Kind == SubKind.Signed) _c.vpmovsxbd(target, __xmmword_ptr[source + at]);
        else _c.vpmovzxbd(target, __xmmword_ptr[source + at]);
    }
}
