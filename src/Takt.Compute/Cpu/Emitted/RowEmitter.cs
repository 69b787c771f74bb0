using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of packed quantised groups with one row, for AVX2: what generation spends its time on. The arithmetic is that of
/// <see cref="BlockKernel{T,TBlock,TCodes,TScales}"/>, to the same bits: exact dots, then the same float operations in the same order.
/// In C# a part of Q4_0 takes 165 instructions, here 96: .NET has no intrinsic for VCVTPH2PS, and its compiler spills.
/// </summary>
/// <remarks>The 16 rows of a group fill two registers, hence the pairs. rdi holds the call; the registers named below the rest.</remarks>
internal sealed class RowEmitter
{
    private const int Quads = 8;

    private static readonly AssemblerRegister64 Planes = rcx, Scales = rdx, Subs = rsi, Ahead = rax, Y = r15;

    // From a block's scales to the sub-scales of the part in turn.
    private static readonly AssemblerRegister64 SubsAt = rbp;

    private static readonly AssemblerRegister64 FirstPlanes = r13, FirstScales = r14, Offset = r12, Blocks = rbx;

    // Four times the number of a part, which has 32 bytes of activations, 4 of their scale and 8 of their sums.
    private static readonly AssemblerRegister64 Part = r9;
    private static readonly AssemblerRegister64 X = r8, XScales = r10, XSums = r11;

    // Dots of a part and of its first half; those of its minimums take the place of the latter where a part has but one scale.
    private static readonly AssemblerRegisterYMM[] Dots = [ymm0, ymm1], First = [ymm2, ymm3], MinScale = First;
    private static readonly AssemblerRegisterYMM[] Total = [ymm6, ymm7], Scale = [ymm8, ymm9];

    // Free between dots.
    private static readonly AssemblerRegisterYMM Sum = ymm4, SecondSum = ymm5, XScale = ymm13, Factor = ymm14, Min = ymm15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly PackedLayout _layout;
    private readonly ScaleLayout _scales;
    private readonly RowDots _dots;
    private readonly bool _halves;

    private RowEmitter(PackedLayout layout, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _layout = layout;
        _scales = layout.Scales;
        _dots = new RowDots(_builder, layout);
        _halves = _scales.Sub == SubScale.Half;
    }

    private static AssemblerMemoryOperand PartSums => __dword_ptr[XSums + Part * 2];

    /// <summary>Assembles a function of one <see cref="RowCall"/>.</summary>
    /// <param name="layout">How the weights are packed.</param>
    /// <param name="convention">How it is called.</param>
    public static CodeBuilder Emit(PackedLayout layout, CallConvention convention)
    {
        var emitter = new RowEmitter(layout, convention);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        _builder.Enter();
        _c.mov(FirstScales, RowCall.Field(nameof(RowCall.Scales)));
        _c.mov(FirstPlanes, RowCall.Field(nameof(RowCall.Planes)));
        _c.mov(X, RowCall.Field(nameof(RowCall.X)));
        _c.mov(XScales, RowCall.Field(nameof(RowCall.XScales)));
        _c.mov(XSums, RowCall.Field(nameof(RowCall.XSums)));
        _c.mov(Ahead, RowCall.Field(nameof(RowCall.Ahead)));
        _c.mov(Blocks, RowCall.Field(nameof(RowCall.Blocks)));
        _dots.Prepare();
        _c.xor(Part, Part);
        if (_layout.BlockParts > 1) _c.mov(SubsAt, _scales.SubsAt);
        Label part = _c.CreateLabel(), group = _c.CreateLabel();
        _c.Label(ref part);
        _c.mov(Y, RowCall.Field(nameof(RowCall.Y)));
        _c.xor(Offset, Offset);

        _c.Label(ref group);
        _c.lea(Scales, __[FirstScales + Offset]);
        _c.lea(Planes, __[FirstPlanes + Offset]);
        if (_layout.BlockParts > 1) _c.lea(Subs, __[Scales + SubsAt]);
        for (int half = 0; half < 2; half++) _c.vmovups(Total[half], __ymmword_ptr[Y + 32 * half]);
        BlockScales();
        AddPart();
        for (int half = 0; half < 2; half++) _c.vmovups(__ymmword_ptr[Y + 32 * half], Total[half]);
        _c.add(Y, RowCall.Field(nameof(RowCall.YFar)));
        _c.add(Offset, RowCall.Field(nameof(RowCall.Far)));
        _c.cmp(Offset, RowCall.Field(nameof(RowCall.FarEnd)));
        _c.jl(group);

        _c.add(FirstPlanes, _layout.Codes.PartBytes);
        _c.add(Part, sizeof(int));
        if (_layout.BlockParts > 1) NextSubs(part);
        _c.add(FirstScales, _scales.Bytes);
        _c.dec(Blocks);
        _c.jne(part);
        _builder.Leave();
    }

    // Goes on with the block's next part; falls through after the last one.
    private void NextSubs(Label part)
    {
        _c.add(SubsAt, _scales.SubStep);
        _c.test(new AssemblerRegister32(Register.R9D), _layout.BlockParts * sizeof(int) - 1);
        _c.jne(part);
        _c.mov(SubsAt, _scales.SubsAt);
    }

    private void BlockScales()
    {
        for (int half = 0; half < 2; half++)
        {
            if (_scales.IsBFloat)
            {
                _c.vpmovzxwd(Scale[half], __xmmword_ptr[Scales + 16 * half]);
                _c.vpslld(Scale[half], Scale[half], 16);
            }
            else
            {
                _c.vcvtph2ps(Scale[half], __xmmword_ptr[Scales + 16 * half]);
            }

            if (_scales.HasMin && !_halves) _c.vcvtph2ps(MinScale[half], __xmmword_ptr[Scales + 32 + 16 * half]);
        }
    }

    private void AddPart()
    {
        for (int line = 0; line < _layout.Codes.PartBytes; line += 64)
        {
            _c.prefetcht2(__byte_ptr[Planes + Ahead + line]);
            _c.prefetcht0(__byte_ptr[Planes + KernelTuning.NearBytes + line]);
        }

        if (_layout.BlockParts > 1)
        {
            // The next block's scales, a line a part.
            int lines = 64 / _scales.SubStep;
            _c.prefetcht0(__byte_ptr[Scales + SubsAt * lines + _scales.Bytes - _scales.SubsAt * lines]);
        }

        AssemblerMemoryOperand x = __dword_ptr[X + Part * 8];
        if (_halves)
        {
            _dots.Emit(First, Planes, x, 0, Quads / 2);
            _dots.TakeOffset(First, PartSums, 0, Quads / 2);
            _dots.Emit(Dots, Planes, x, Quads / 2, Quads / 2);
            _dots.TakeOffset(Dots, PartSums, Quads / 2, Quads / 2);
        }
        else
        {
            _dots.Emit(Dots, Planes, x, 0, Quads);
            _dots.TakeOffset(Dots, PartSums, 0, Quads);
        }

        _c.vbroadcastss(XScale, __dword_ptr[XScales + Part]);
        if (_scales.HasMin) Sums();
        for (int half = 0; half < 2; half++)
        {
            ScaleDots(half);
            _c.vmulps(Factor, Scale[half], XScale);
            _c.vfmadd231ps(Total[half], Dots[half], Factor);
            if (_scales.HasMin) AddMinimum(half);
        }
    }

    private void ScaleDots(int half)
    {
        _c.vcvtdq2ps(Dots[half], Dots[half]);
        if (_scales.Sub == SubScale.None) return;
        SubScales(Factor, 8 * half + (_halves ? 16 : 0));
        _c.vmulps(Dots[half], Dots[half], Factor);
        if (!_halves) return;
        _c.vcvtdq2ps(First[half], First[half]);
        SubScales(Factor, 8 * half);
        _c.vfmadd231ps(Dots[half], First[half], Factor);
    }

    private void SubScales(AssemblerRegisterYMM target, int at)
    {
        if (_scales.Kind == SubKind.Signed) _c.vpmovsxbd(target, __qword_ptr[Subs + at]);
        else _c.vpmovzxbd(target, __qword_ptr[Subs + at]);
        if (_scales.Kind == SubKind.Nibbles) _c.vpand(target, target, __ymmword_ptr[_builder.Constant(NibbleMask())]);
        _c.vcvtdq2ps(target, target);
    }

    // What minimums are multiplied with.
    private void Sums()
    {
        _dots.Sum(Sum, PartSums, 0, _halves ? Quads / 2 : Quads);
        _c.vcvtdq2ps(Sum, Sum);
        if (!_halves) return;
        _dots.Sum(SecondSum, PartSums, Quads / 2, Quads / 2);
        _c.vcvtdq2ps(SecondSum, SecondSum);
    }

    private void AddMinimum(int half)
    {
        AssemblerRegisterYMM min = Sum, scale = MinScale[half];
        if (_scales.Sub == SubScale.Part)
        {
            SubMins(Min, ScaleLayout.ToSubMins + 8 * half);
            _c.vmulps(Min, Min, Sum);
            min = Min;
        }

        if (_halves)
        {
            // Exact in any order: the sums and minimums are integers.
            SubMins(Min, 16 + 8 * half);
            _c.vmulps(Min, Min, SecondSum);
            SubMins(Factor, 8 * half);
            _c.vfmadd231ps(Min, Factor, Sum);
            _c.vcvtph2ps(First[half], __xmmword_ptr[Scales + 32 + 16 * half]);
            min = Min;
        }

        _c.vmulps(Factor, scale, XScale);
        _c.vfnmadd231ps(Total[half], min, Factor);
    }

    private void SubMins(AssemblerRegisterYMM target, int at)
    {
        _c.vpmovzxbd(target, __qword_ptr[Subs + at]);
        if (_scales.Kind == SubKind.Nibbles) _c.vpsrld(target, target, 4);
        _c.vcvtdq2ps(target, target);
    }

    private static byte[] NibbleMask()
    {
        byte[] bytes = new byte[32];
        for (int i = 0; i < bytes.Length; i += sizeof(int)) bytes[i] = 15;
        return bytes;
    }
}
