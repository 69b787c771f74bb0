using Iced.Intel;
using Takt.Compute.Cpu.Kernels;
using Takt.Compute.Memory;
using static Iced.Intel.AssemblerRegisters;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>
/// Emits attention's products with keys and values as they are stored, for AVX2 and F16C: a row becomes floats in registers, once for up
/// to six queries. .NET has no intrinsic for VCVTPH2PS, and the sums of so many queries in C# would be spilled.
/// </summary>
/// <remarks>Sums are ymm0-11, query by query; up to three queries take 32 lanes at a time, more take 16.</remarks>
internal sealed class KvEmitter
{
    /// <summary>Queries that share what was read.</summary>
    public const int MostQueries = 6;

    private const int FewQueries = 3, RegisterLanes = 8, LineBytes = 64;

    private static readonly AssemblerRegister64 Place = rsi, Factor = rdx, Rows = rcx, Sums = rax, RowBytes = rbx, Ahead = rbp;
    private static readonly AssemblerRegister64 Factors = r8, FactorBytes = r9, FactorThrice = r10, FactorFivefold = r11;
    private static readonly AssemblerRegister64 SumBytes = r12, FirstSums = r13, FirstRow = r14, Lanes = r15;

    private readonly CodeBuilder _builder;
    private readonly Assembler _c;
    private readonly string _format;

    private KvEmitter(KvType type, CallConvention convention)
    {
        _builder = new CodeBuilder(convention);
        _c = _builder.Code;
        _format = type.ToString().ToLowerInvariant(); // weights of the same type have that name
    }

    /// <summary>Assembles a function of one <see cref="KvProduct"/>.</summary>
    /// <param name="type">How rows are stored: in a float format.</param>
    /// <param name="convention">How it is called.</param>
    public static CodeBuilder Emit(KvType type, CallConvention convention)
    {
        var emitter = new KvEmitter(type, convention);
        emitter.Function();
        return emitter._builder;
    }

    private int Bytes => FloatLoad.Bytes(_format);

    private void Function()
    {
        _builder.Enter();
        _c.mov(RowBytes, Field(nameof(KvProduct.RowBytes)));
        _c.mov(Factors, Field(nameof(KvProduct.Factors)));
        _c.mov(FactorBytes, Field(nameof(KvProduct.FactorBytes)));
        _c.mov(SumBytes, Field(nameof(KvProduct.SumBytes)));
        _c.mov(Ahead, Field(nameof(KvProduct.Ahead)));
        _c.lea(FactorThrice, __[FactorBytes + FactorBytes * 2]);
        _c.lea(FactorFivefold, __[FactorBytes + FactorBytes * 4]);
        Label next = _c.CreateLabel();
        _c.Label(ref next);
        var tiles = new Label[MostQueries + 1];
        for (int queries = MostQueries; queries > 0; queries--)
        {
            tiles[queries] = _c.CreateLabel();
            _c.cmp(Field(nameof(KvProduct.Queries)), queries);
            _c.jge(tiles[queries]);
        }

        _builder.Leave();
        for (int queries = MostQueries; queries > 0; queries--)
        {
            _c.Label(ref tiles[queries]);
            Tile(queries);
            _c.jmp(next);
        }
    }

    private static AssemblerMemoryOperand Field(string name) => CodeBuilder.Field<KvProduct>(name);

    // All lanes for some queries, then on to the queries behind them.
    private void Tile(int queries)
    {
        _c.mov(FirstRow, Field(nameof(KvProduct.Rows)));
        _c.mov(FirstSums, Field(nameof(KvProduct.Sums)));
        _c.mov(Lanes, Field(nameof(KvProduct.Lanes)));
        Label narrow = _c.CreateLabel(), done = _c.CreateLabel();
        if (queries <= FewQueries)
        {
            Label wide = _c.CreateLabel();
            _c.cmp(Lanes, 4 * RegisterLanes);
            _c.jl(narrow);
            _c.Label(ref wide);
            Columns(queries, 4);
            _c.cmp(Lanes, 4 * RegisterLanes);
            _c.jge(wide);
            _c.test(Lanes, Lanes);
            _c.je(done);
        }

        _c.Label(ref narrow);
        Columns(queries, 2);
        if (queries > FewQueries) _c.jne(narrow); // else there are no more than these
        _c.Label(ref done);
        _c.imul(Sums, FactorBytes, queries);
        _c.add(Factors, Sums);
        _c.imul(Sums, SumBytes, queries);
        _c.add(Field(nameof(KvProduct.Sums)), Sums);
        _c.sub(Field(nameof(KvProduct.Queries)), queries);
    }

    // Some registers of lanes over all rows; the flags say whether lanes are left.
    private void Columns(int queries, int registers)
    {
        _c.mov(Place, FirstRow);
        _c.mov(Factor, Factors);
        _c.mov(Rows, Field(nameof(KvProduct.Count)));
        Transfer(queries, registers, store: false);
        Label row = _c.CreateLabel();
        _c.Label(ref row);
        for (int line = 0; line * LineBytes < registers * RegisterLanes * Bytes; line++) _c.prefetcht0(__[Place + Ahead + line * LineBytes]);
        if (queries <= FewQueries) AddToFew(queries, registers);
        else AddToMany(queries, registers);
        _c.add(Place, RowBytes);
        _c.add(Factor, sizeof(float));
        _c.dec(Rows);
        _c.jne(row);
        Transfer(queries, registers, store: true);
        _c.add(FirstRow, registers * RegisterLanes * Bytes);
        _c.add(FirstSums, registers * RegisterLanes * sizeof(float));
        _c.sub(Lanes, registers * RegisterLanes);
    }

    private void Transfer(int queries, int registers, bool store)
    {
        _c.mov(Sums, FirstSums);
        for (int sum = 0; sum < queries * registers; sum++)
        {
            AssemblerMemoryOperand place = __ymmword_ptr[Sums + sum % registers * RegisterLanes * sizeof(float)];
            if (store) _c.vmovups(place, Register(sum));
            else _c.vmovups(Register(sum), place);
            if (sum % registers == registers - 1) _c.add(Sums, SumBytes);
        }
    }

    // The factors of few queries stay in registers, values come one register after the other.
    private void AddToFew(int queries, int registers)
    {
        for (int query = 0; query < queries; query++) _c.vbroadcastss(Register(13 + query), Of(query));
        for (int register = 0; register < registers; register++)
        {
            Load(ymm12, register);
            for (int query = 0; query < queries; query++)
                _c.vfmadd231ps(Register(query * registers + register), ymm12, Register(13 + query));
        }
    }

    private void AddToMany(int queries, int registers)
    {
        for (int register = 0; register < registers; register++) Load(Register(12 + register), register);
        for (int query = 0; query < queries; query++)
        {
            AssemblerRegisterYMM factor = query % 2 == 0 ? ymm14 : ymm15;
            _c.vbroadcastss(factor, Of(query));
            for (int register = 0; register < registers; register++)
                _c.vfmadd231ps(Register(query * registers + register), Register(12 + register), factor);
        }
    }

    private void Load(AssemblerRegisterYMM target, int register) =>
        FloatLoad.Emit(_c, _format, target, __[Place + register * RegisterLanes * Bytes]);

    private static AssemblerMemoryOperand Of(int query) => query switch
    {
        0 => __dword_ptr[Factor],
        1 => __dword_ptr[Factor + FactorBytes],
        2 => __dword_ptr[Factor + FactorBytes * 2],
        3 => __dword_ptr[Factor + FactorThrice],
        4 => __dword_ptr[Factor + FactorBytes * 4],
        _ => __dword_ptr[Factor + FactorFivefold],
    };

    private static AssemblerRegisterYMM Register(int number) => new(Iced.Intel.Register.YMM0 + number);
}
