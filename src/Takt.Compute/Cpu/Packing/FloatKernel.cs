using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>A stored float format.</summary>
/// <typeparam name="TSelf">The format itself.</typeparam>
internal unsafe interface IFloatPlane<TSelf> where TSelf : struct, IFloatPlane<TSelf>
{
    /// <summary>Bytes of a value.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads 16 values.</summary>
    static abstract T Load<T>(byte* source) where T : struct, ILanes<T>;

    /// <summary>Writes 16 values, each rounded to nearest even.</summary>
    static abstract void Store<T>(T value, void* target) where T : struct, ILanes<T>;
}

/// <summary>32-bit floats.</summary>
internal readonly unsafe struct SinglePlane : IFloatPlane<SinglePlane>
{
    public static int Bytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source) where T : struct, ILanes<T> => T.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T value, void* target) where T : struct, ILanes<T> => T.Store(value, target);
}

/// <summary>16-bit IEEE floats.</summary>
internal readonly unsafe struct HalfPlane : IFloatPlane<HalfPlane>
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source) where T : struct, ILanes<T> => T.LoadHalf((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T value, void* target) where T : struct, ILanes<T> => LaneMath.StoreHalf(value, (ushort*)target);
}

/// <summary>bfloat16.</summary>
internal readonly unsafe struct BFloat16Plane : IFloatPlane<BFloat16Plane>
{
    public static int Bytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(byte* source) where T : struct, ILanes<T> => LaneMath.LoadBFloat16<T>((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T value, void* target) where T : struct, ILanes<T> => LaneMath.StoreBFloat16(value, (ushort*)target);
}

/// <summary>
/// Products of a packed float matrix: a group of 16 rows is stored column by column, and the result of a row is one fused
/// multiply-add after the other, in column order.
/// </summary>
internal sealed unsafe class FloatKernel<T, TPlane> : MatrixKernel
    where T : struct, ILanes<T>
    where TPlane : struct, IFloatPlane<TPlane>
{
    private const int FarBytes = 4096;
    private const int ChunkColumns = 256;

    /// <inheritdoc/>
    public override bool QuantizesActivations => false;

    /// <inheritdoc/>
    public override long GroupBytes(int columns) => (long)columns * GroupRows * TPlane.Bytes;

    /// <inheritdoc/>
    [MethodImpl(Compile.AtOnce)]
    public override void Pack(byte* source, int rows, int columns, byte* group)
    {
        // Some columns of all rows after the other, so that the cache lines they share are written while they are near.
        const int Near = 64;
        for (int first = 0; first < columns; first += Near)
        {
            int end = Math.Min(first + Near, columns);
            for (int row = 0; row < rows; row++)
            {
                if (TPlane.Bytes == 4)
                {
                    uint* from = (uint*)source + (long)row * columns, to = (uint*)group + row;
                    for (int k = first; k < end; k++) to[GroupRows * k] = from[k];
                }
                else
                {
                    ushort* from = (ushort*)source + (long)row * columns, to = (ushort*)group + row;
                    for (int k = first; k < end; k++) to[GroupRows * k] = from[k];
                }
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(Compile.AtOnce)]
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        long stride = GroupBytes(columns);
        int quarter = count / 4;
        for (int i = 0; i < quarter; i++)
            Four(groups + i * stride, quarter * stride, columns, (float*)x.Codes, y + 16 * i, 16 * quarter);
        for (int i = 4 * quarter; i < count; i++)
        {
            T sum = T.Zero;
            byte* group = groups + i * stride;
            for (int k = 0; k < columns; k++, group += GroupRows * TPlane.Bytes)
                sum = T.MultiplyAdd(TPlane.Load<T>(group), T.Broadcast(((float*)x.Codes)[k]), sum);
            T.Store(sum, y + 16 * i);
        }
    }

    [MethodImpl(Compile.AtOnce)]
    private static void Four(byte* group, long far, int columns, float* x, float* y, int yFar)
    {
        T a = T.Zero, b = T.Zero, c = T.Zero, d = T.Zero;
        for (int k = 0; k < columns; k++, group += GroupRows * TPlane.Bytes)
        {
            T value = T.Broadcast(x[k]);
            Prefetch(group);
            Prefetch(group + far);
            Prefetch(group + 2 * far);
            Prefetch(group + 3 * far);
            a = T.MultiplyAdd(TPlane.Load<T>(group), value, a);
            b = T.MultiplyAdd(TPlane.Load<T>(group + far), value, b);
            c = T.MultiplyAdd(TPlane.Load<T>(group + 2 * far), value, c);
            d = T.MultiplyAdd(TPlane.Load<T>(group + 3 * far), value, d);
        }

        T.Store(a, y);
        T.Store(b, y + yFar);
        T.Store(c, y + 2 * yFar);
        T.Store(d, y + 3 * yFar);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* group)
    {
        T.PrefetchFar(group + FarBytes);
        T.Prefetch(group + KernelTuning.NearBytes);
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        // Some columns are widened to floats that stay in the first-level cache, then every tile of four rows is multiplied with them.
        byte* scratch = stackalloc byte[ChunkColumns * GroupRows * sizeof(float) + 64];
        float* weights = (float*)(((nuint)scratch + 63) & ~(nuint)63);
        for (int first = 0; first < columns; first += ChunkColumns)
        {
            int length = Math.Min(ChunkColumns, columns - first);
            for (int g = 0; g < count; g++)
            {
                byte* group = groups + g * GroupBytes(columns) + (long)first * GroupRows * TPlane.Bytes;
                for (int k = 0; k < length; k++, group += GroupRows * TPlane.Bytes)
                {
                    if (k % 2 == 0) T.Prefetch(group + GroupBytes(columns)); // the same chunk of the group after this one
                    T.Store(TPlane.Load<T>(group), weights + k * GroupRows);
                }

                float* input = (float*)x.Codes + first, output = y + g * GroupRows;
                for (int row = 0; row < rows; row += 4, output += 4 * yStride, input = (float*)((byte*)input + 4 * xStride))
                    AddTile(weights, length, input, (nint)xStride, Math.Min(4, rows - row), first == 0, output, yStride);
            }
        }
    }

    // Adds the products of some columns to the sums of up to four rows; a tile of fewer repeats its last row.
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void AddTile(float* weights, int columns, float* x, nint xStride, int rows, bool begins, float* y, long yStride)
    {
        int last = rows - 1;
        byte* p = (byte*)x, q = p + Math.Min(1, last) * xStride, r = p + Math.Min(2, last) * xStride, s = p + last * xStride;
        float* y1 = y + Math.Min(1, last) * yStride, y2 = y + Math.Min(2, last) * yStride, y3 = y + last * yStride;
        T a = T.Zero, b = a, c = a, d = a;
        if (!begins)
        {
            a = T.Load(y);
            b = T.Load(y1);
            c = T.Load(y2);
            d = T.Load(y3);
        }

        for (nint k = 0, end = sizeof(float) * (nint)columns; k < end; k += sizeof(float), weights += GroupRows)
        {
            T weight = T.Load(weights);
            a = T.MultiplyAdd(weight, T.Broadcast(*(float*)(p + k)), a);
            b = T.MultiplyAdd(weight, T.Broadcast(*(float*)(q + k)), b);
            c = T.MultiplyAdd(weight, T.Broadcast(*(float*)(r + k)), c);
            d = T.MultiplyAdd(weight, T.Broadcast(*(float*)(s + k)), d);
        }

        T.Store(d, y3);
        T.Store(c, y2);
        T.Store(b, y1);
        T.Store(a, y);
    }
}
