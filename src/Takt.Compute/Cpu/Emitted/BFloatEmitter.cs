using System.Numerics;
using Iced.Intel;
using Takt.Compute.Cpu.Packing;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits the product of a packed float group with many rows in bfloat16, for the fast numerics: weights and activations are rounded
/// to 8 bits of mantissa, products are added as floats.
/// </summary>
/// <remarks>
/// Some columns at a time, weights go to scratch as pairs of columns, the form that VDPBF16PS and TDPBF16PS want; then tiles of rows
/// follow each other, each converted to scratch too and its totals added to the results in memory. Columns come in steps of 32: 16
/// pairs, a kilobyte of weights.
/// </remarks>
internal sealed class BFloatEmitter
{
    /// <summary>Columns must be a multiple of this.</summary>
    public const int Step = 32;

    /// <summary>Room a call needs, in bytes.</summary>
    public const int ScratchBytes = ChunkSteps * 1024 + TileRows * RowBytes;

    /// <summary>Largest error against exact products, as a share of their mean square: 0.32 % of the root.</summary>
    public const double Tolerance = 1e-5;

    private const int TileRows = 16, ChunkSteps = 16, RowBytes = 2 * Step * ChunkSteps, ScratchX = ChunkSteps * 1024;

    private static readonly AssemblerRegister64 XStride = rax, StepsLeft = rbx, Weights = rcx, From = rdx, Count = rbp, To = r8;
    private static readonly AssemblerRegister64 ChunkX = r9, Steps = r10, YStride = r11, Rows = r12, X = r13, Y = r14, Scratch = r15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly string _format;
    private readonly bool _tiles;

    private BFloatEmitter(string format, CallConvention convention, bool tiles)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _format = format;
        _tiles = tiles;
    }

    /// <summary>Assembles a kernel.</summary>
    /// <param name="format"><c>f32</c>, <c>f16</c> or <c>bf16</c>.</param>
    /// <param name="convention">How it is called; blocks of the call are steps, planes are the group.</param>
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
        _c.mov(YStride, KernelCall.Field(nameof(KernelCall.YStride)));
        _c.mov(ChunkX, KernelCall.Field(nameof(KernelCall.Codes)));
        _c.mov(Weights, KernelCall.Field(nameof(KernelCall.Planes)));
        _c.mov(StepsLeft, KernelCall.Field(nameof(KernelCall.Blocks)));
        _c.mov(Scratch, KernelCall.Field(nameof(KernelCall.Scratch)));
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
        _c.add(ChunkX, Step * ChunkSteps * sizeof(float));
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
        _c.add(Y, YStride);
        _c.dec(Rows);
        _c.jne(row);
    }

    // Two columns' 16 weights follow each other in the group; in scratch a lane has both weights of its row.
    private void PackWeights()
    {
        int bytes = _format == "f32" ? 64 : 32;
        short[] order = [.. Enumerable.Range(0, 32).Select(i => (short)(i / 2 + i % 2 * 16))];
        _c.vmovups(zmm15, __zmmword_ptr[_builder.Constant(System.Runtime.InteropServices.MemoryMarshal.AsBytes(order.AsSpan()))]);
        _c.mov(Count, Steps);
        _c.mov(To, Scratch);
        Label step = _c.CreateLabel();
        _c.Label(ref step);
        for (int pair = 0; pair < Step / 2; pair++)
        {
            AssemblerRegisterZMM both = new(Register.ZMM0 + 2 * (pair % 4)), second = new(Register.ZMM1 + 2 * (pair % 4));
            int at = 2 * pair * bytes;
            _c.prefetcht0(__byte_ptr[Weights + at + 4096]);
            Both(both, second, at);
            _c.vmovups(__zmmword_ptr[To + 64 * pair], both);
        }

        _c.add(Weights, Step * bytes);
        _c.add(To, 1024);
        _c.dec(Count);
        _c.jne(step);
    }

    private void Both(AssemblerRegisterZMM both, AssemblerRegisterZMM second, int at)
    {
        if (_format == "bf16")
        {
            _c.vpermw(both, zmm15, __zmmword_ptr[Weights + at]);
            return;
        }

        if (_format == "f32")
        {
            _c.vmovups(second, __zmmword_ptr[Weights + at + 64]);
            _c.vcvtne2ps2bf16(both, second, __zmmword_ptr[Weights + at]);
        }
        else
        {
            _c.vcvtph2ps(both, __ymmword_ptr[Weights + at]);
            _c.vcvtph2ps(second, __ymmword_ptr[Weights + at + 32]);
            _c.vcvtne2ps2bf16(both, second, both);
        }

        _c.vpermw(both, zmm15, both);
    }

    private void AddRows()
    {
        _c.mov(Rows, KernelCall.Field(nameof(KernelCall.Rows)));
        _c.mov(X, ChunkX);
        _c.mov(Y, KernelCall.Field(nameof(KernelCall.Y)));
        Label start = _c.CreateLabel();
        for (int rows = TileRows; rows > 0; rows /= 2)
        {
            Label end = _c.CreateLabel();
            _c.Label(ref start);
            _c.cmp(Rows, rows);
            _c.jl(end);
            Convert(rows);
            if (_tiles && rows == TileRows) Tile();
            else Vectors(rows);
            _c.sub(Rows, rows);
            if (rows == TileRows) _c.jmp(start);
            start = end;
        }

        _c.Label(ref start);
    }

    // Activations of some rows go to scratch as bfloat16, a row after the other.
    private void Convert(int rows)
    {
        Label row = _c.CreateLabel(), step = _c.CreateLabel();
        _c.lea(To, __[Scratch + ScratchX]);
        _c.lea(rsi, __[Scratch + ScratchX + rows * RowBytes]);
        _c.Label(ref row);
        _c.mov(From, X);
        _c.mov(Count, Steps);
        _c.Label(ref step);
        _c.vmovups(zmm0, __zmmword_ptr[From + 64]);
        _c.vcvtne2ps2bf16(zmm0, zmm0, __zmmword_ptr[From]);
        _c.vmovups(__zmmword_ptr[To], zmm0);
        _c.add(From, 128);
        _c.add(To, 64);
        _c.dec(Count);
        _c.jne(step);
        // To the next row: forward by what this one did not fill.
        _c.mov(Count, Steps);
        _c.shl(Count, (byte)BitOperations.Log2(2 * Step));
        _c.sub(To, Count);
        _c.add(To, RowBytes);
        _c.add(X, XStride);
        _c.cmp(To, rsi);
        _c.jne(row);
    }

    private void Begin()
    {
        _c.mov(Count, Steps);
        _c.mov(From, Scratch);
        _c.lea(To, __[Scratch + ScratchX]);
    }

    private void Tile()
    {
        Label step = _c.CreateLabel();
        Begin();
        _c.tileloadd(tmm0, __[Y + YStride * 1]);
        _c.Label(ref step);
        _c.mov(rsi, RowBytes);
        _c.tileloadd(tmm1, __[To + rsi * 1]);
        _c.mov(rsi, 64);
        _c.tileloadd(tmm2, __[From + rsi * 1]);
        _c.tdpbf16ps(tmm0, tmm1, tmm2);
        _c.add(To, 64);
        _c.add(From, 1024);
        _c.dec(Count);
        _c.jne(step);
        _c.tilestored(__[Y + YStride * 1], tmm0);
        _c.mov(rsi, YStride);
        _c.shl(rsi, (byte)BitOperations.Log2(TileRows));
        _c.add(Y, rsi);
    }

    private void Vectors(int rows)
    {
        Label step = _c.CreateLabel();
        _c.mov(rsi, Y);
        for (int row = 0; row < rows; row++)
        {
            _c.vmovups(Total(row), __zmmword_ptr[rsi]);
            _c.add(rsi, YStride);
        }

        Begin();
        _c.Label(ref step);
        for (int pair = 0; pair < Step / 2; pair++)
        {
            AssemblerRegisterZMM weights = new(Register.ZMM0 + pair % 4);
            _c.vmovups(weights, __zmmword_ptr[From + 64 * pair]);
            for (int row = 0; row < rows; row++) _c.vdpbf16ps(Total(row), weights, __dword_bcst[To + row * RowBytes + 4 * pair]);
        }

        _c.add(To, 64);
        _c.add(From, 1024);
        _c.dec(Count);
        _c.jne(step);
        for (int row = 0; row < rows; row++)
        {
            _c.vmovups(__zmmword_ptr[Y], Total(row));
            _c.add(Y, YStride);
        }
    }

    private static AssemblerRegisterZMM Total(int row) => new(Register.ZMM16 + row);
}
