using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>
/// What both halves of attention are: each query's factors times the rows of a block, added to its sums. For scores factors are the
/// query and rows are the values of a key with lanes for tokens; for outputs factors are the weights and rows are tokens.
/// </summary>
/// <remarks>A sum is one chain of fused multiply-adds, in the order of the rows. Emitted code is called with a pointer to this.</remarks>
internal unsafe struct KvProduct
{
    /// <summary>The first row: floats, or what the emitted code reads.</summary>
    public byte* Rows;

    /// <summary>Bytes from a row to the next.</summary>
    public long RowBytes;

    /// <summary>How many rows, at least 1.</summary>
    public long Count;

    /// <summary>Lanes of a row, a multiple of 16.</summary>
    public long Lanes;

    /// <summary>The first query's factors, one a row.</summary>
    public float* Factors;

    /// <summary>Bytes from a query's factors to the next query's.</summary>
    public long FactorBytes;

    /// <summary>The first query's sums, one a lane.</summary>
    public float* Sums;

    /// <summary>Bytes from a query's sums to the next query's.</summary>
    public long SumBytes;

    /// <summary>How many queries. The call counts them down.</summary>
    public long Queries;

    /// <summary>Bytes from the rows to those of a later call, which emitted code asks memory for; 0 for none.</summary>
    public long Ahead;

    /// <summary>Adds the products.</summary>
    /// <param name="entry">The emitted code that reads such rows; 0 for floats and C#.</param>
    public void Add<T>(nint entry) where T : struct, ILanes<T>
    {
        if (entry != 0)
        {
            fixed (KvProduct* call = &this) ((delegate* unmanaged<KvProduct*, void>)entry)(call);
            return;
        }

        for (; Queries >= 4; Pass(4)) AddFour<T>();
        for (; Queries > 0; Pass(1)) AddOne<T>();
    }

    private void Pass(int queries)
    {
        Queries -= queries;
        Factors += queries * FactorBytes / sizeof(float);
        Sums += queries * SumBytes / sizeof(float);
    }

    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private readonly void AddFour<T>() where T : struct, ILanes<T>
    {
        long next = RowBytes / sizeof(float), far = FactorBytes / sizeof(float);
        float* i = Sums, j = i + SumBytes / sizeof(float), k = j + SumBytes / sizeof(float), l = k + SumBytes / sizeof(float);
        for (long lane = 0; lane < Lanes; lane += 16)
        {
            T a = T.Load(i + lane), b = T.Load(j + lane), c = T.Load(k + lane), d = T.Load(l + lane);
            float* row = (float*)Rows + lane, end = row + Count * next, factor = Factors, third = factor + 2 * far;
            for (; row < end; row += next, factor++, third++)
            {
                T values = T.Load(row);
                a = T.MultiplyAdd(values, T.Broadcast(factor[0]), a);
                b = T.MultiplyAdd(values, T.Broadcast(factor[far]), b);
                c = T.MultiplyAdd(values, T.Broadcast(third[0]), c);
                d = T.MultiplyAdd(values, T.Broadcast(third[far]), d);
            }

            T.Store(a, i + lane);
            T.Store(b, j + lane);
            T.Store(c, k + lane);
            T.Store(d, l + lane);
        }
    }

    // Two registers of sums at a time where there are as many: the chain of one would wait for itself.
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private readonly void AddOne<T>() where T : struct, ILanes<T>
    {
        long next = RowBytes / sizeof(float), lane = 0;
        for (; lane + 32 <= Lanes; lane += 32)
        {
            T low = T.Load(Sums + lane), high = T.Load(Sums + lane + 16);
            float* row = (float*)Rows + lane, end = row + Count * next, factor = Factors;
            for (; row < end; row += next, factor++)
            {
                T value = T.Broadcast(*factor);
                low = T.MultiplyAdd(T.Load(row), value, low);
                high = T.MultiplyAdd(T.Load(row + 16), value, high);
            }

            T.Store(low, Sums + lane);
            T.Store(high, Sums + lane + 16);
        }

        if (lane == Lanes) return;
        T sum = T.Load(Sums + lane);
        float* last = (float*)Rows + lane;
        for (long k = 0; k < Count; k++, last += next) sum = T.MultiplyAdd(T.Load(last), T.Broadcast(Factors[k]), sum);
        T.Store(sum, Sums + lane);
    }
}

/// <summary>The emitted products that attention has for a type of keys and values.</summary>
/// <param name="Stored">The address of the code that reads them as they are stored; 0 where they have to become floats first.</param>
/// <param name="Floats">The address of the code that reads floats; 0 for C#.</param>
internal readonly record struct KvEntries(nint Stored, nint Floats);
