using System.Numerics;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of a packed group with many rows of bfloat16 activations, for the fast numerics: weights are rounded to 8 bits of
/// mantissa too (quantised ones after code and scale were multiplied as floats), products are added as floats.
/// </summary>
/// <remarks>
/// Some columns at a time, weights go to scratch as pairs of columns, the form that VDPBF16PS and TDPBF16PS want; then rows follow each
/// other, their totals added to the results in memory. Columns come in steps of 32: 16 pairs, a kilobyte of weights. On tiles, up to 64
/// rows share a load of weights, so that four products are under way while one waits for its predecessor.
/// </remarks>
internal sealed partial class BFloatEmitter
{
    /// <summary>Columns must be a multiple of this.</summary>
    public const int Step = 32;

    /// <summary>Room a call needs, in bytes.</summary>
    public const int ScratchBytes = ScratchWeights + ChunkSteps * StepBytes;

    /// <summary>Largest error against exact products, as a share of their mean square: 0.32 % of the root.</summary>
    public const double Tolerance = 1e-5;

    // A chunk is whole blocks of every format.
    private const int TileRows = 16, MostTiles = 4, VectorRows = 8, ChunkSteps = 16, StepBytes = 1024, RowStep = 2 * Step;
    private const int ScratchWeights = KernelCall.ScratchBytes;

    // What lasts from chunk to chunk, then what packing and products share.
    private static readonly AssemblerRegister64 XStride = rax, StepsLeft = rbx, Planes = rcx, Scales = rdx, ChunkX = r9, Steps = r10;
    private static readonly AssemblerRegister64 Count = rbp, Subs = rsi, To = r8, End = r13, Scratch = r15;
    private static readonly AssemblerRegister64 Further = rsi, Line = r8, Far = r11, Rows = r12, X = r13, Y = r14, From = r15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly string _format;
    private readonly PackedLayout? _layout;
    private readonly bool _tiles;

    private BFloatEmitter(string format, CallConvention convention, bool tiles)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _format = format;
        _layout = PackedLayout.Of(format);
        _tiles = tiles;
    }

    /// <summary>Assembles a kernel.</summary>
    /// <param name="format">The weight format's name.</param>
    /// <param name="convention">How it is called; blocks of the call are steps, codes are rows of bfloat16.</param>
    /// <param name="tiles">Whether 16 rows at a time go by AMX.</param>
    public static CodeBuilder Emit(string format, CallConvention convention, bool tiles)
    {
        var emitter = new BFloatEmitter(format, convention, tiles);
        emitter.Function();
        return emitter._builder;
    }

    private void Function()
    {
        _builder.Enter();
        _c.mov(XStride, KernelCall.Field(nameof(KernelCall.XStride)));
        _c.mov(ChunkX, KernelCall.Field(nameof(KernelCall.Codes)));
        _c.mov(Planes, KernelCall.Field(nameof(KernelCall.Planes)));
        _c.mov(Scales, KernelCall.Field(nameof(KernelCall.Scales)));
        _c.mov(StepsLeft, KernelCall.Field(nameof(KernelCall.Blocks)));
        if (_tiles) _c.ldtilecfg(__zmmword_ptr[_builder.Constant(AmxTiles.BFloatConfiguration())]);
        ClearResults();
        Label chunk = _c.CreateLabel(), whole = _c.CreateLabel();
        _c.Label(ref chunk);
        _c.mov(Steps, StepsLeft);
        _c.cmp(Steps, ChunkSteps);
        _c.jl(whole);
        _c.mov(Steps, ChunkSteps);
        _c.Label(ref whole);
        PackWeights();
        AddRows();
        _c.add(ChunkX, RowStep * ChunkSteps);
        _c.sub(StepsLeft, Steps);
        _c.jne(chunk);
        if (_tiles) _c.tilerelease();
        _builder.Leave();
    }

    private void ClearResults()
    {
        Label row = _c.CreateLabel();
        _c.mov(Rows, KernelCall.Field(nameof(KernelCall.Rows)));
        _c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        _c.vpxord(zmm0, zmm0, zmm0);
        _c.Label(ref row);
        _c.vmovups(__zmmword_ptr[Y], zmm0);
        _c.add(Y, KernelCall.Field(nameof(KernelCall.YStride)));
        _c.dec(Rows);
        _c.jne(row);
    }

    private void AddRows()
    {
        _c.mov(Rows, KernelCall.Field(nameof(KernelCall.Rows)));
        _c.mov(X, ChunkX);
        _c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        int most = _tiles ? MostTiles * TileRows : VectorRows;
        Label start = _c.CreateLabel();
        for (int rows = most; rows > 0; rows /= 2)
        {
            Label end = _c.CreateLabel();
            _c.Label(ref start);
            _c.cmp(Rows, rows);
            _c.jl(end);
            if (rows >= TileRows) Tiles(rows / TileRows);
            else Vectors(rows);
            NextRows(rows);
            if (rows == most) _c.jmp(start);
            start = end;
        }

        _c.Label(ref start);
    }

    // Back over the columns, forward over the rows.
    private void NextRows(int rows)
    {
        _c.mov(Count, Steps);
        _c.shl(Count, (byte)BitOperations.Log2(RowStep));
        _c.sub(X, Count);
        _c.mov(Count, XStride);
        _c.shl(Count, (byte)BitOperations.Log2((uint)rows));
        _c.add(X, Count);
        _c.sub(Rows, rows);
    }

    private void Begin()
    {
        _c.mov(Count, Steps);
        _c.mov(From, KernelCall.Field(nameof(KernelCall.Scratch)));
        _c.add(From, ScratchWeights);
    }

    private void Tiles(int tiles)
    {
        Label step = _c.CreateLabel();
        LoadTotals(tiles);
        Begin();
        _c.mov(Line, 64);
        _c.mov(Far, XStride);
        _c.shl(Far, (byte)BitOperations.Log2(TileRows));
        _c.mov(Further, Far);
        _c.shl(Further, (byte)BitOperations.Log2((uint)tiles));
        _c.sub(Further, RowStep);
        _c.Label(ref step);
        _c.tileloadd(AmxTiles.Weights, __[From + Line * 1]);
        for (int tile = 0; tile < tiles; tile++)
        {
            AssemblerRegisterTMM activations = AmxTiles.Activations(tile);
            _c.tileloadd(activations, __[X + XStride * 1]);
            _c.tdpbf16ps(AmxTiles.Totals(tile), activations, AmxTiles.Weights);
            _c.add(X, Far);
        }

        _c.sub(X, Further); // the first rows' next columns
        _c.add(From, StepBytes);
        _c.dec(Count);
        _c.jne(step);
        StoreTotals(tiles);
    }

    private void LoadTotals(int tiles)
    {
        _c.mov(Further, KernelCall.Field(nameof(KernelCall.YStride)));
        _c.mov(Far, Further);
        _c.shl(Far, (byte)BitOperations.Log2(TileRows));
        for (int tile = 0; tile < tiles; tile++)
        {
            _c.tileloadd(AmxTiles.Totals(tile), __[Y + Further * 1]);
            _c.add(Y, Far);
        }

        _c.shl(Far, (byte)BitOperations.Log2((uint)tiles));
        _c.sub(Y, Far);
    }

    private void StoreTotals(int tiles)
    {
        _c.mov(Further, KernelCall.Field(nameof(KernelCall.YStride)));
        _c.mov(Far, Further);
        _c.shl(Far, (byte)BitOperations.Log2(TileRows));
        for (int tile = 0; tile < tiles; tile++)
        {
            _c.tilestored(__[Y + Further * 1], AmxTiles.Totals(tile));
            _c.add(Y, Far);
        }
    }

    private void Vectors(int rows)
    {
        Label step = _c.CreateLabel();
        _c.mov(Further, Y);
        for (int row = 0; row < rows; row++)
        {
            _c.vmovups(Total(row), __zmmword_ptr[Further]);
            _c.add(Further, KernelCall.Field(nameof(KernelCall.YStride)));
        }

        Begin();
        _c.lea(Far, __[XStride + XStride * 2]);
        _c.lea(Further, __[X + XStride * 4]);
        _c.Label(ref step);
        for (int pair = 0; pair < Step / 2; pair++)
        {
            AssemblerRegisterZMM weights = new(Register.ZMM0 + pair % 4);
            _c.vmovups(weights, __zmmword_ptr[From + 64 * pair]);
            for (int row = 0; row < rows; row++) _c.vdpbf16ps(Total(row), weights, Pair(row, 4 * pair));
        }

        _c.add(X, RowStep);
        _c.add(Further, RowStep);
        _c.add(From, StepBytes);
        _c.dec(Count);
        _c.jne(step);
        for (int row = 0; row < rows; row++)
        {
            _c.vmovups(__zmmword_ptr[Y], Total(row));
            _c.add(Y, KernelCall.Field(nameof(KernelCall.YStride)));
        }
    }

    // Two columns of one of eight rows.
    private static AssemblerMemoryOperand Pair(int row, int at)
    {
        AssemblerRegister64 first = row < 4 ? X : Further;
        return (row % 4) switch
        {
            0 => __dword_bcst[first + at],
            3 => __dword_bcst[first + Far * 1 + at],
            int times => __dword_bcst[first + XStride * times + at],
        };
    }

    private static AssemblerRegisterZMM Total(int row) => new(Register.ZMM16 + row);
}
