using System.Numerics;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the integer dots of unpacked parts with a tile of four rows, for AVX2. The same loop in C# carries eight sums; the compiler
/// copies them from register to register in every round and spills one, which costs a third, and twice the time where the stack
/// happens to put the spilled one across the end of a page.
/// </summary>
/// <remarks>Sums are ymm0-7, two a row; ymm8-9 hold a quad of weights, ymm10-13 a row's values and products.</remarks>
internal sealed class TileEmitter
{
    private const int Rows = 4, Quads = 8, OddShorts = 64;

    private static readonly AssemblerRegister64 Codes = rsi, Parts = rcx, X = rax, Sums = r11, Dots = rdx, Step = rbx;
    private static readonly AssemblerRegister64 Second = r8, Third = r9, Fourth = r10, Ahead = r12;
    private static readonly AssemblerRegisterYMM Ones = ymm15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly TileShape _shape;

    private TileEmitter(TileShape shape, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _shape = shape;
    }

    /// <summary>Assembles a function of one <see cref="TileCall"/>.</summary>
    public static CodeBuilder Emit(TileShape shape, CallConvention convention)
    {
        var emitter = new TileEmitter(shape, convention);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        _builder.Enter();
        Load(Codes, nameof(TileCall.Codes));
        Load(Parts, nameof(TileCall.Parts));
        Load(X, nameof(TileCall.X));
        Load(Sums, nameof(TileCall.Sums));
        Load(Second, nameof(TileCall.Second));
        Load(Third, nameof(TileCall.Third));
        Load(Fourth, nameof(TileCall.Fourth));
        Load(Dots, nameof(TileCall.Dots));
        Load(Ahead, nameof(TileCall.Next));
        if (_shape.Shorts)
        {
            _c.mov(Step, OddShorts / 2);
        }
        else
        {
            _c.vpcmpeqw(Ones, Ones, Ones);
            _c.vpsrlw(Ones, Ones, 15);
        }

        Label part = _c.CreateLabel();
        _c.Label(ref part);
        // The next tile's values of this part: they lie in the second-level cache.
        for (int row = 0; row < Rows; row++) _c.prefetcht0(Row(Ahead, row, 0));
        for (int quad = 0; quad < Quads; quad += _shape.Chain) Chain(quad);
        NextPart();
        _c.dec(Parts);
        _c.jne(part);
        _builder.Leave();
    }

    private void Load(AssemblerRegister64 register, string field) =>
        _c.mov(register, CodeBuilder.Field<TileCall>(field));

    private void Chain(int first)
    {
        for (int quad = first; quad < first + _shape.Chain; quad++)
        {
            if (_shape.Shorts)
            {
                Products(2 * quad, 4 * quad, quad == first);
                Products(2 * quad + 1, 4 * quad + OddShorts, begins: false);
            }
            else
            {
                Products(quad, 4 * quad, quad == first);
            }
        }

        for (int row = 0; row < Rows; row++)
        {
            if (!_shape.Shorts) Widen(row, first);
            _c.vmovups(__ymmword_ptr[Dots + 64 * row], Sum(2 * row));
            _c.vmovups(__ymmword_ptr[Dots + 64 * row + 32], Sum(2 * row + 1));
        }

        _c.add(Dots, Rows * 64);
    }

    // 16 lanes of weights, 4 bytes each, with each row's 4 bytes.
    private void Products(int weights, int at, bool begins)
    {
        _c.vmovups(ymm8, __ymmword_ptr[Codes + 64 * weights]);
        _c.vmovups(ymm9, __ymmword_ptr[Codes + 64 * weights + 32]);
        for (int row = 0; row < Rows; row++)
        {
            AssemblerRegisterYMM values = row % 2 == 0 ? ymm10 : ymm12, product = row % 2 == 0 ? ymm11 : ymm13;
            _c.vpbroadcastd(values, Row(X, row, at));
            Multiply(begins ? Sum(2 * row) : product, ymm8, values);
            if (!begins) Add(Sum(2 * row), product);
            Multiply(begins ? Sum(2 * row + 1) : values, ymm9, values);
            if (!begins) Add(Sum(2 * row + 1), values);
        }
    }

    private void Multiply(AssemblerRegisterYMM target, AssemblerRegisterYMM weights, AssemblerRegisterYMM values)
    {
        if (_shape.Shorts) _c.vpmaddwd(target, weights, values);
        else _c.vpmaddubsw(target, weights, values);
    }

    private void Add(AssemblerRegisterYMM sum, AssemblerRegisterYMM product)
    {
        if (_shape.Shorts) _c.vpaddd(sum, sum, product);
        else _c.vpaddw(sum, sum, product);
    }

    // 16-bit sums to 32 bits, without what the codes' offset added where the sum of the chain's values is known.
    private void Widen(int row, int first)
    {
        AssemblerRegisterYMM low = Sum(2 * row), high = Sum(2 * row + 1);
        _c.vpmaddwd(low, low, Ones);
        _c.vpmaddwd(high, high, Ones);
        if (_shape.Offset == 0 || _shape.Chain == 2) return;
        _c.vpbroadcastd(ymm10, Row(Sums, row, first / 4 * sizeof(int)));
        if (_shape.Chain == Quads)
        {
            _c.vpbroadcastd(ymm11, Row(Sums, row, sizeof(int)));
            _c.vpaddd(ymm10, ymm10, ymm11);
        }

        _c.vpslld(ymm10, ymm10, (byte)BitOperations.Log2((uint)_shape.Offset));
        _c.vpsubd(low, low, ymm10);
        _c.vpsubd(high, high, ymm10);
    }

    private void NextPart()
    {
        _c.add(Codes, _shape.Shorts ? 1024 : 512);
        if (_shape.Shorts)
        {
            // Two parts share 64 bytes of even values and 64 of odd ones: half of that on, then on to the next two.
            _c.add(X, Step);
            _c.add(Ahead, 64);
            _c.xor(Step, OddShorts);
        }
        else
        {
            _c.add(X, 32);
            _c.add(Ahead, 32);
            _c.add(Sums, 2 * sizeof(int));
        }
    }

    private static AssemblerMemoryOperand Row(AssemblerRegister64 first, int row, int at) => row switch
    {
        0 => __dword_ptr[first + at],
        1 => __dword_ptr[first + Second + at],
        2 => __dword_ptr[first + Third + at],
        _ => __dword_ptr[first + Fourth + at],
    };

    private static AssemblerRegisterYMM Sum(int index) => new(Register.YMM0 + index);
}
