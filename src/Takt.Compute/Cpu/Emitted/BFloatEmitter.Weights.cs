using System.Numerics;
using System.Runtime.InteropServices;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>Weights of a chunk go to scratch: a step is 16 pairs of columns, 64 bytes each, a lane with both weights of its row.</summary>
internal sealed partial class BFloatEmitter
{
    private static readonly AssemblerRegisterZMM Order = zmm24, SecondMin = zmm25;

    private void PackWeights()
    {
        // Of two registers' floats that were narrowed into one, each two that belong together.
        short[] order = [.. Enumerable.Range(0, 32).Select(i => (short)(i / 2 + i % 2 * 16))];
        _c.vmovups(Order, __zmmword_ptr[_builder.Constant(MemoryMarshal.AsBytes(order.AsSpan()))]);
        _c.mov(Scratch, KernelCall.Field(nameof(KernelCall.Scratch)));
        _c.lea(To, __[Scratch + ScratchWeights]);
        _c.mov(End, Steps);
        _c.shl(End, (byte)BitOperations.Log2(StepBytes));
        _c.add(End, To);
        Label next = _c.CreateLabel();
        _c.Label(ref next);
        if (_layout is null) PackFloats();
        else PackBlock(_layout, new WeightEmitter(_builder, _layout));
        _c.cmp(To, End);
        _c.jne(next);
    }

    private void PackFloats()
    {
        int bytes = _format == "f32" ? 64 : 32;
        for (int pair = 0; pair < Step / 2; pair++)
        {
            AssemblerRegisterZMM both = new(Register.ZMM0 + 2 * (pair % 4)), second = new(Register.ZMM1 + 2 * (pair % 4));
            int at = 2 * pair * bytes;
            _c.prefetcht0(__byte_ptr[Planes + at + 4096]);
            Both(both, second, at);
            _c.vmovups(__zmmword_ptr[To + 64 * pair], both);
        }

        _c.add(Planes, Step * bytes);
        _c.add(To, StepBytes);
    }

    // Two columns' 16 weights follow each other in the group.
    private void Both(AssemblerRegisterZMM both, AssemblerRegisterZMM second, int at)
    {
        if (_format == "bf16")
        {
            _c.vpermw(both, Order, __zmmword_ptr[Planes + at]);
            return;
        }

        if (_format == "f32")
        {
            _c.vmovups(both, __zmmword_ptr[Planes + at]);
            _c.vmovups(second, __zmmword_ptr[Planes + at + 64]);
        }
        else
        {
            _c.vcvtph2ps(both, __ymmword_ptr[Planes + at]);
            _c.vcvtph2ps(second, __ymmword_ptr[Planes + at + 32]);
        }

        Narrow(both, second);
    }

    private void Narrow(AssemblerRegisterZMM both, AssemblerRegisterZMM second)
    {
        _c.vcvtne2ps2bf16(both, second, both);
        _c.vpermw(both, Order, both);
    }

    private void PackBlock(PackedLayout layout, WeightEmitter weights)
    {
        Label part = _c.CreateLabel();
        weights.BlockScales(Scales);
        if (layout.BlockParts > 1)
        {
            _c.lea(Subs, __[Scales + layout.Scales.SubsAt]);
            _c.mov(Count, layout.BlockParts);
            _c.Label(ref part);
        }

        PackPart(layout, weights);
        if (layout.BlockParts > 1)
        {
            _c.add(Subs, layout.Scales.SubStep);
            _c.dec(Count);
            _c.jne(part);
        }

        _c.add(Scales, layout.Scales.Bytes);
    }

    private void PackPart(PackedLayout layout, WeightEmitter weights)
    {
        int bytes = layout.Codes.PartBytes;
        for (int line = 0; line < bytes; line += 64) _c.prefetcht0(__byte_ptr[Planes + 4 * bytes + line]);
        if (layout.Codes.LowBits == 8) for (int quad = 0; quad < 8; quad++) _c.vmovups(WeightEmitter.Quad(quad), __zmmword_ptr[Planes + 64 * quad]);
        else weights.SignedCodes(Planes);
        weights.SubScales(Subs, Scratch);
        ScaleLayout scales = layout.Scales;
        bool subs = scales.Sub != SubScale.None, halves = scales.Sub == SubScale.Half;
        // What a code is multiplied by, and what is then taken away.
        AssemblerRegisterZMM scale = subs ? zmm13 : zmm11, min = subs ? zmm15 : zmm12;
        if (subs) _c.vmulps(zmm13, zmm13, zmm11);
        if (halves) _c.vmulps(zmm14, zmm14, zmm11);
        if (subs && scales.HasMin) _c.vmulps(zmm15, zmm15, zmm12);
        if (halves && scales.HasMin) _c.vmulps(SecondMin, zmm12, __zmmword_ptr[Scratch + WeightEmitter.SecondMins]);
        for (int quad = 0; quad < 8; quad++)
        {
            bool second = halves && quad >= 4;
            PackQuad(quad, second ? zmm14 : scale, scales.HasMin ? second ? SecondMin : min : null);
        }

        _c.add(Planes, bytes);
        _c.add(To, StepBytes);
    }

    // Four columns, a byte each of every lane.
    private void PackQuad(int quad, AssemblerRegisterZMM scale, AssemblerRegisterZMM? min)
    {
        for (int column = 0; column < 4; column++)
        {
            AssemblerRegisterZMM value = new(Register.ZMM16 + 4 * (quad % 2) + column), codes = WeightEmitter.Quad(quad);
            if (column < 3) _c.vpslld(value, codes, (byte)(24 - 8 * column));
            _c.vpsrad(value, column < 3 ? value : codes, 24);
            _c.vcvtdq2ps(value, value);
            if (min is { } taken) _c.vfmsub213ps(value, scale, taken);
            else _c.vmulps(value, value, scale);
            if (column % 2 == 0) continue;
            AssemblerRegisterZMM first = new(Register.ZMM16 + 4 * (quad % 2) + column - 1);
            Narrow(first, value);
            _c.vmovups(__zmmword_ptr[To + 128 * quad + 32 * (column - 1)], first);
        }
    }
}
