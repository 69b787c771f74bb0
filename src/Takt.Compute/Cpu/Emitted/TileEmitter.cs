using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of packed quantised groups with tiles of four rows, for AVX2: codes are unpacked into registers once for four
/// rows. The bits are those of <see cref="RowEmitter"/>.
/// </summary>
/// <remarks>rdi holds the call; the registers named below the rest.</remarks>
internal sealed class TileEmitter
{
    private const int Quads = 8, RegisterBytes = 32;

    // Where in scratch the dots of a part's first half lie, and the sums of activations that minimums are multiplied with.
    private const int FirstAt = TileDots.ScratchBytes, SumsAt = 2 * TileDots.ScratchBytes;

    private static readonly AssemblerRegister64 Planes = rcx, Scales = rdx, Subs = rsi, Ahead = rax, Parts = rbx, Scratch = rbp;
    private static readonly AssemblerRegister64 X = r8, XScales = r9, XSums = r10, XStride = r11, XThrice = r12;
    private static readonly AssemblerRegister64 Y = r13, YStride = r14, YThrice = r15;

    // Free between dots.
    private static readonly AssemblerRegisterYMM Scale = ymm8, First = ymm9, Second = ymm13, Factor = ymm14, Total = ymm15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly PackedLayout _layout;
    private readonly ScaleLayout _scales;
    private readonly TileDots _dots;
    private readonly bool _halves;

    private TileEmitter(PackedLayout layout, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _layout = layout;
        _scales = layout.Scales;
        _dots = new TileDots(_builder, layout);
        _halves = _scales.Sub == SubScale.Half;
    }

    /// <summary>Assembles a function of one <see cref="TileCall"/>.</summary>
    /// <param name="layout">How the weights are packed.</param>
    /// <param name="convention">How it is called.</param>
    public static CodeBuilder Emit(PackedLayout layout, CallConvention convention)
    {
        var emitter = new TileEmitter(layout, convention);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        _builder.Enter();
        _c.mov(Ahead, TileCall.Field(nameof(TileCall.Ahead)));
        _c.mov(Scratch, TileCall.Field(nameof(TileCall.Scratch)));
        _c.mov(XStride, TileCall.Field(nameof(TileCall.XStride)));
        _c.lea(XThrice, __[XStride + XStride * 2]);
        _c.mov(YStride, TileCall.Field(nameof(TileCall.YStride)));
        _c.lea(YThrice, __[YStride + YStride * 2]);
        _c.mov(Y, TileCall.Field(nameof(TileCall.Y)));
        _dots.Prepare();
        Label tile = _c.CreateLabel();
        _c.Label(ref tile);
        _c.mov(Scales, TileCall.Field(nameof(TileCall.Scales)));
        _c.mov(Planes, TileCall.Field(nameof(TileCall.Planes)));
        _c.mov(X, TileCall.Field(nameof(TileCall.X)));
        _c.mov(XScales, TileCall.Field(nameof(TileCall.XScales)));
        _c.mov(XSums, TileCall.Field(nameof(TileCall.XSums)));
        _c.mov(Parts, TileCall.Field(nameof(TileCall.Blocks)));
        _c.mov(TileCall.Field(nameof(TileCall.BlocksLeft)), Parts);
        AddBlocks();
        _c.xor(Ahead, Ahead);
        _c.lea(Y, __[Y + YStride * 4]);
        foreach (string field in (string[])[nameof(TileCall.X), nameof(TileCall.XScales), nameof(TileCall.XSums)])
        {
            _c.mov(X, TileCall.Field(field));
            _c.lea(X, __[X + XStride * 4]);
            _c.mov(TileCall.Field(field), X);
        }

        _c.dec(TileCall.Field(nameof(TileCall.Tiles)));
        _c.jne(tile);
        _builder.Leave();
    }

    private void AddBlocks()
    {
        Label block = _c.CreateLabel(), part = _c.CreateLabel();
        bool many = _layout.BlockParts > 1;
        _c.Label(ref block);
        if (many)
        {
            _c.lea(Subs, __[Scales + _scales.SubsAt]);
            _c.mov(Parts, _layout.BlockParts);
            _c.Label(ref part);
        }

        AddPart();
        _c.add(Planes, _layout.Codes.PartBytes);
        _c.add(X, 8 * sizeof(int));
        _c.add(XScales, sizeof(float));
        _c.add(XSums, 2 * sizeof(int));
        if (many)
        {
            _c.add(Subs, _scales.SubStep);
            _c.dec(Parts);
            _c.jne(part);
        }

        _c.add(Scales, _scales.Bytes);
        _c.dec(TileCall.Field(nameof(TileCall.BlocksLeft)));
        _c.jne(block);
    }

    private void AddPart()
    {
        // The first tile reads from memory, the others what that has brought near.
        Label near = _c.CreateLabel();
        _c.test(Ahead, Ahead);
        _c.je(near);
        for (int line = 0; line < _layout.Codes.PartBytes; line += 64)
        {
            _c.prefetcht2(__byte_ptr[Planes + Ahead + line]);
            _c.prefetcht0(__byte_ptr[Planes + KernelTuning.NearBytes + line]);
        }

        _c.Label(ref near);
        if (_halves)
        {
            _dots.Emit(Planes, Codes, Scratch, 0, Quads / 2);
            _dots.TakeOffset(Sums, 0, Quads / 2);
            for (int row = 0; row < TileSizes.Rows; row++)
            {
                for (int half = 0; half < 2; half++) _c.vmovdqa(FirstDot(row, half), TileDots.Dot(row, half));
            }

            _dots.Emit(Planes, Codes, Scratch, Quads / 2, Quads / 2);
            _dots.TakeOffset(Sums, Quads / 2, Quads / 2);
        }
        else
        {
            _dots.Emit(Planes, Codes, Scratch, 0, Quads);
            _dots.TakeOffset(Sums, 0, Quads);
        }

        for (int half = 0; half < 2; half++) AddScaled(half);
        if (!_scales.HasMin) return;
        StoreSums();
        for (int half = 0; half < 2; half++) AddMinimums(half);
    }

    private void AddScaled(int half)
    {
        if (_scales.IsBFloat)
        {
            _c.vpmovzxwd(Scale, __xmmword_ptr[Scales + 16 * half]);
            _c.vpslld(Scale, Scale, 16);
        }
        else
        {
            _c.vcvtph2ps(Scale, __xmmword_ptr[Scales + 16 * half]);
        }

        if (_scales.Sub != SubScale.None) SubScales(First, 8 * half);
        if (_halves) SubScales(Second, 8 * half + 16);
        for (int row = 0; row < TileSizes.Rows; row++)
        {
            AssemblerRegisterYMM dots = TileDots.Dot(row, half);
            _c.vcvtdq2ps(dots, dots);
            if (_scales.Sub == SubScale.Part) _c.vmulps(dots, dots, First);
            if (_halves)
            {
                _c.vmulps(dots, dots, Second);
                _c.vcvtdq2ps(Total, FirstDot(row, half));
                _c.vfmadd231ps(dots, Total, First);
            }

            _c.vbroadcastss(Factor, CodeBuilder.Strided(XScales, XStride, XThrice, row, 0));
            _c.vmulps(Factor, Factor, Scale);
            AddToTotal(row, half, () => _c.vfmadd231ps(Total, dots, Factor));
        }
    }

    private static AssemblerMemoryOperand FirstDot(int row, int half) => __ymmword_ptr[Scratch + FirstAt + RegisterBytes * (2 * row + half)];

    private void AddToTotal(int row, int half, Action add)
    {
        AssemblerMemoryOperand place = CodeBuilder.Strided(Y, YStride, YThrice, row, RegisterBytes * half);
        _c.vmovups(Total, place);
        add();
        _c.vmovups(place, Total);
    }

    private void SubScales(AssemblerRegisterYMM target, int at)
    {
        if (_scales.Kind == SubKind.Signed) _c.vpmovsxbd(target, __qword_ptr[Subs + at]);
        else _c.vpmovzxbd(target, __qword_ptr[Subs + at]);
        if (_scales.Kind == SubKind.Nibbles)
        {
            _c.vpslld(target, target, 28);
            _c.vpsrld(target, target, 28);
        }

        _c.vcvtdq2ps(target, target);
    }

    // What minimums are multiplied with, for each row in all lanes.
    private void StoreSums()
    {
        for (int row = 0; row < TileSizes.Rows; row++)
        {
            StoreSum(row, 0, _halves ? Quads / 2 : Quads, 0);
            if (_halves) StoreSum(row, Quads / 2, Quads / 2, TileSizes.Rows);
        }
    }

    private void StoreSum(int row, int first, int count, int at)
    {
        _dots.Sum(Factor, Sums, row, first, count);
        _c.vcvtdq2ps(Factor, Factor);
        _c.vmovaps(SumOf(row + at), Factor);
    }

    private static AssemblerMemoryOperand SumOf(int index) => __ymmword_ptr[Scratch + SumsAt + RegisterBytes * index];

    // Dots are not needed any more: ymm0 is free too.
    private void AddMinimums(int half)
    {
        AssemblerRegisterYMM minimum = ymm0;
        _c.vcvtph2ps(Scale, __xmmword_ptr[Scales + 32 + 16 * half]);
        if (_scales.Sub == SubScale.Part) SubMins(First, ScaleLayout.ToSubMins + 8 * half);
        if (_halves)
        {
            SubMins(First, 8 * half);
            SubMins(Second, 16 + 8 * half);
        }

        for (int row = 0; row < TileSizes.Rows; row++)
        {
            if (_scales.Sub != SubScale.None) _c.vmulps(minimum, First, SumOf(row));
            else _c.vmovaps(minimum, SumOf(row));
            // Exact in any order: the sums and minimums are integers.
            if (_halves) _c.vfmadd231ps(minimum, Second, SumOf(row + TileSizes.Rows));
            _c.vbroadcastss(Factor, CodeBuilder.Strided(XScales, XStride, XThrice, row, 0));
            _c.vmulps(Factor, Factor, Scale);
            AddToTotal(row, half, () => _c.vfnmadd231ps(Total, minimum, Factor));
        }
    }

    private void SubMins(AssemblerRegisterYMM target, int at)
    {
        _c.vpmovzxbd(target, __qword_ptr[Subs + at]);
        if (_scales.Kind == SubKind.Nibbles) _c.vpsrld(target, target, 4);
        _c.vcvtdq2ps(target, target);
    }

    private static AssemblerMemoryOperand Codes(int row, int at) => CodeBuilder.Strided(X, XStride, XThrice, row, at);

    private static AssemblerMemoryOperand Sums(int row, int at) => CodeBuilder.Strided(XSums, XStride, XThrice, row, at);
}
