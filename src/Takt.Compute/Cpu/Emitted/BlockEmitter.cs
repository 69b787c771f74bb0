using System.Numerics;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of a packed quantised group with many rows. A tile is some rows whose totals stay in zmm16-31 while the
/// whole group goes by; a part's codes are decoded once for a tile. The arithmetic is that of
/// <see cref="BlockKernel{T,TBlock,TCodes,TScales}"/>, to the same bits: exact dots, then the same float operations in the same order.
/// </summary>
/// <remarks>
/// Dots are made by VPDPBUSD, or, for tiles of 16 rows, by TDPBSSD: a part's activations are a tile as they lie in memory, and so are
/// its quads, four K by 16 outputs a tile row. rdi holds the call; the registers named below the rest.
/// </remarks>
internal sealed class BlockEmitter
{
    private const int TileRows = 16, ScratchWeights = 2048, ScratchSecondDots = 1024;

    // What a dot adds, where dots go, and the two values of a row's own.
    private static readonly AssemblerRegisterZMM Dot = zmm8, Second = zmm9, Product = zmm10;
    private static readonly AssemblerRegister64 XStride = rax, X = r8, FirstX = r9, ToScales = r10, ToSums = r11;
    private static readonly AssemblerRegister64 Planes = rcx, Scales = rdx, Subs = rsi, Blocks = rbx, Parts = rbp;
    private static readonly AssemblerRegister64 Rows = r12, TileX = r13, Y = r14, Scratch = r15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly PackedLayout _layout;
    private readonly WeightEmitter _weights;
    private readonly bool _tiles;
    private readonly bool _halves;
    private readonly int _offset;

    private BlockEmitter(PackedLayout layout, CallConvention convention, bool tiles)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _layout = layout;
        _weights = new WeightEmitter(_builder, layout);
        _tiles = tiles;
        _halves = layout.Scales.Sub == SubScale.Half;
        _offset = layout.Codes.Signed ? 128 : layout.Offset;
    }

    /// <summary>Assembles a kernel.</summary>
    /// <param name="layout">How the weights are packed.</param>
    /// <param name="convention">How it is called.</param>
    /// <param name="tiles">Whether 16 rows at a time go by AMX.</param>
    public static CodeBuilder Emit(PackedLayout layout, CallConvention convention, bool tiles)
    {
        var emitter = new BlockEmitter(layout, convention, tiles);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        _builder.Enter();
        _c.mov(XStride, KernelCall.Field(nameof(KernelCall.XStride)));
        _c.mov(Rows, KernelCall.Field(nameof(KernelCall.Rows)));
        _c.mov(TileX, KernelCall.Field(nameof(KernelCall.Codes)));
        _c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        _c.mov(Scratch, KernelCall.Field(nameof(KernelCall.Scratch)));
        if (_tiles) _c.ldtilecfg(__zmmword_ptr[_builder.Constant(AmxTiles.Configuration(_halves))]);
        Label start = _c.CreateLabel();
        for (int rows = TileRows; rows > 0; rows /= 2)
        {
            Label end = _c.CreateLabel();
            _c.Label(ref start);
            _c.cmp(Rows, rows);
            _c.jl(end);
            Tile(rows);
            if (rows == TileRows) _c.jmp(start);
            start = end;
        }

        _c.Label(ref start);
        if (_tiles) _c.tilerelease();
        else _c.nop(); // a label needs an instruction of the function's own
        _builder.Leave();
    }

    private void Tile(int rows)
    {
        Label block = _c.CreateLabel(), part = _c.CreateLabel();
        _c.mov(FirstX, TileX);
        _c.mov(ToScales, KernelCall.Field(nameof(KernelCall.ToScales)));
        _c.mov(ToSums, KernelCall.Field(nameof(KernelCall.ToSums)));
        _c.mov(Scales, KernelCall.Field(nameof(KernelCall.Scales)));
        _c.mov(Planes, KernelCall.Field(nameof(KernelCall.Planes)));
        _c.mov(Blocks, KernelCall.Field(nameof(KernelCall.Blocks)));
        for (int row = 0; row < rows; row++) _c.vpxord(Total(row), Total(row), Total(row));
        _c.Label(ref block);
        _weights.BlockScales(Scales);
        if (_layout.BlockParts > 1)
        {
            _c.lea(Subs, __[Scales + _layout.Scales.SubsAt]);
            _c.mov(Parts, _layout.BlockParts);
            _c.Label(ref part);
        }

        AddPart(rows);
        if (_layout.BlockParts > 1)
        {
            _c.add(Subs, _layout.Scales.SubStep);
            _c.dec(Parts);
            _c.jne(part);
        }

        _c.add(Scales, _layout.Scales.Bytes);
        _c.dec(Blocks);
        _c.jne(block);
        Finish(rows);
    }

    private void Finish(int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            _c.vmovups(__zmmword_ptr[Y], Total(row));
            _c.add(Y, KernelCall.Field(nameof(KernelCall.YStride)));
        }

        _c.mov(X, XStride);
        _c.shl(X, (byte)BitOperations.Log2((uint)rows));
        _c.add(TileX, X);
        _c.sub(Rows, rows);
    }

    private void AddPart(int rows)
    {
        int bytes = _layout.Codes.PartBytes;
        for (int line = 0; line < bytes; line += 64) _c.prefetcht0(__byte_ptr[Planes + 2 * bytes + line]);
        bool tile = _tiles && rows == TileRows;
        if (tile) TileDots();
        else _weights.UnsignedCodes(Planes);
        _weights.SubScales(Subs, Scratch);
        _c.mov(X, FirstX);
        for (int row = 0; row < rows; row++)
        {
            if (row > 0) _c.add(X, XStride);
            if (tile) ReadDots(row);
            else Dots();
            AddScaled(Total(row));
        }

        _c.add(Planes, bytes);
        _c.add(FirstX, 32);
        _c.sub(ToScales, 32 - sizeof(float));
        _c.sub(ToSums, 32 - 2 * sizeof(int));
    }

    private static AssemblerRegisterZMM Total(int row) => new(Register.ZMM16 + row);

    // The dots of 16 rows with a part, or with each of its halves, go to scratch.
    private void TileDots()
    {
        AssemblerRegister64 weights = Planes;
        int at = 0;
        if (_layout.Codes.LowBits != 8)
        {
            _weights.SignedCodes(Planes);
            for (int quad = 0; quad < 8; quad++) _c.vmovups(__zmmword_ptr[Scratch + ScratchWeights + 64 * quad], WeightEmitter.Quad(quad));
            (weights, at) = (Scratch, ScratchWeights);
        }

        _c.mov(X, 64);
        _c.tilezero(tmm0);
        _c.tileloadd(tmm2, __[FirstX + XStride * 1]);
        _c.tileloadd(tmm4, __[weights + X * 1 + at]);
        _c.tdpbssd(tmm0, tmm2, tmm4);
        _c.tilestored(__[Scratch + X * 1], tmm0);
        if (!_halves) return;
        _c.tilezero(tmm1);
        _c.tileloadd(tmm3, __[FirstX + XStride * 1 + 16]);
        _c.tileloadd(tmm5, __[weights + X * 1 + at + 256]);
        _c.tdpbssd(tmm1, tmm3, tmm5);
        _c.tilestored(__[Scratch + X * 1 + ScratchSecondDots], tmm1);
    }

    private void ReadDots(int row)
    {
        _c.vcvtdq2ps(Dot, __zmmword_ptr[Scratch + 64 * row]);
        if (_halves) _c.vcvtdq2ps(Second, __zmmword_ptr[Scratch + ScratchSecondDots + 64 * row]);
    }

    private void Dots()
    {
        _c.vpxord(Dot, Dot, Dot);
        if (_halves) _c.vpxord(Second, Second, Second);
        for (int quad = 0; quad < 8; quad++)
            _c.vpdpbusd(_halves && quad >= 4 ? Second : Dot, WeightEmitter.Quad(quad), __dword_bcst[X + 4 * quad]);
        if (_offset != 0) TakeOffset();
        _c.vcvtdq2ps(Dot, Dot);
        if (_halves) _c.vcvtdq2ps(Second, Second);
    }

    // What the codes' offset added is taken away.
    private void TakeOffset()
    {
        byte shift = (byte)BitOperations.Log2((uint)_offset);
        if (_halves)
        {
            _c.vpslld(Product, __dword_bcst[X + ToSums], shift);
            _c.vpsubd(Dot, Dot, Product);
            _c.vpslld(Product, __dword_bcst[X + ToSums + 4], shift);
            _c.vpsubd(Second, Second, Product);
            return;
        }

        Sum(Product);
        _c.vpslld(Product, Product, shift);
        _c.vpsubd(Dot, Dot, Product);
    }

    private void Sum(AssemblerRegisterZMM target)
    {
        _c.vpbroadcastd(target, __dword_ptr[X + ToSums]);
        _c.vpaddd(target, target, __dword_bcst[X + ToSums + 4]);
    }

    private void AddScaled(AssemblerRegisterZMM total)
    {
        if (_layout.Scales.Sub != SubScale.None) _c.vmulps(Dot, Dot, zmm13);
        if (_halves) _c.vfmadd231ps(Dot, Second, zmm14);
        _c.vmulps(Product, zmm11, __dword_bcst[X + ToScales]);
        _c.vfmadd231ps(total, Dot, Product);
        if (!_layout.Scales.HasMin) return;
        Minimum();
        _c.vmulps(Product, zmm12, __dword_bcst[X + ToScales]);
        _c.vfnmadd231ps(total, Dot, Product);
    }

    // The activations' sums times the integer minimums: exact in any order.
    private void Minimum()
    {
        if (_halves)
        {
            _c.vcvtdq2ps(Dot, __dword_bcst[X + ToSums + 4]);
            _c.vmulps(Dot, Dot, __zmmword_ptr[Scratch + WeightEmitter.SecondMins]);
            _c.vcvtdq2ps(Second, __dword_bcst[X + ToSums]);
            _c.vfmadd231ps(Dot, Second, zmm15);
            return;
        }

        Sum(Dot);
        _c.vcvtdq2ps(Dot, Dot);
        if (_layout.Scales.Sub == SubScale.Part) _c.vmulps(Dot, Dot, zmm15);
    }
}
