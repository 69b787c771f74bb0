using System.Runtime.CompilerServices;
using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>
/// Products of a packed quantised matrix: 16 rows at a time, lanes being rows. The result of a row is
/// <c>sum over parts, in order, of fma(integer dot, scale * activation scale, sum)</c>, then the same for the minimum where the
/// format has one: exact dots and one defined order of additions, whatever the tier.
/// </summary>
/// <remarks>A group of 16 rows is stored as the scales of all its blocks, padded to 64 bytes, then the codes of all its parts.</remarks>
internal sealed unsafe class BlockKernel<T, TBlock, TCodes, TScales> : MatrixKernel
    where T : struct, ILanes<T>
    where TBlock : struct, IBlockFormat<TBlock>
    where TCodes : struct, ICodePlane<TCodes>
    where TScales : struct, IScalePlane<TScales>
{
    private const int PrefetchBytes = 1280;

    // Formats without minimums have codes around zero; their planes hold them shifted to be unsigned.
    private static int Offset => TCodes.Signed || TScales.HasMin ? 0 : 1 << (TCodes.Bits - 1);

    private static int Parts => TBlock.Values / 32;

    /// <inheritdoc/>
    public override bool QuantizesActivations => true;

    /// <inheritdoc/>
    public override long GroupBytes(int columns) =>
        ScaleBytes(columns) + (long)columns / 32 * TCodes.PartBytes;

    private static long ScaleBytes(int columns) => ((long)columns / TBlock.Values * TScales.Bytes + 63) & ~63L;

    /// <inheritdoc/>
    public override void Pack(byte* source, int rows, int columns, byte* group)
    {
        int blocks = columns / TBlock.Values;
        byte* planes = group + ScaleBytes(columns);
        for (int block = 0; block < blocks; block++)
        {
            byte* scales = group + (long)block * TScales.Bytes;
            for (int row = 0; row < rows; row++)
                PackBlock(source + ((long)row * blocks + block) * TBlock.Bytes, row, scales, planes + (long)block * Parts * TCodes.PartBytes);
        }
    }

    private static void PackBlock(byte* source, int row, byte* scales, byte* planes)
    {
        uint offset = (uint)Offset * 0x01010101u;
        for (int part = 0; part < Parts; part++, planes += TCodes.PartBytes)
        {
            TBlock.Unpack(source, part, out BlockPart values);
            TScales.Store(scales, row, part, values);
            uint* codes = (uint*)values.Codes;
            for (int quad = 0; quad < 8; quad++)
            {
                // Adds the offset to each byte without carries into its neighbour.
                uint shifted = (codes[quad] & 0x7f7f7f7fu) + offset ^ (codes[quad] & 0x80808080u);
                TCodes.Store(planes, row, quad, shifted);
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        long stride = GroupBytes(columns);
        int quarter = count / 4;
        // Four far-apart streams keep more of the memory's banks busy than one.
        for (int i = 0; i < quarter; i++)
            Four(groups + i * stride, quarter * stride, columns, x, y + 16 * i, 16 * quarter);
        for (int i = 4 * quarter; i < count; i++) One(groups + i * stride, columns, x, y + 16 * i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* group, long far, int columns, in ActivationRow x, float* y, int yFar)
    {
        byte* planes = group + ScaleBytes(columns);
        sbyte* codes = (sbyte*)x.Codes;
        float* xScales = (float*)x.Scales;
        int* sums = (int*)x.Sums;
        T a = T.Zero, b = T.Zero, c = T.Zero, d = T.Zero;
        for (int block = columns / TBlock.Values; block > 0; block--, group += TScales.Bytes)
        {
            for (int part = 0; part < Parts; part++, planes += TCodes.PartBytes, codes += 32, sums += 2, xScales++)
            {
                a = AddPart(a, group, planes, part, codes, *xScales, sums);
                b = AddPart(b, group + far, planes + far, part, codes, *xScales, sums);
                c = AddPart(c, group + 2 * far, planes + 2 * far, part, codes, *xScales, sums);
                d = AddPart(d, group + 3 * far, planes + 3 * far, part, codes, *xScales, sums);
            }
        }

        T.Store(a, y);
        T.Store(b, y + yFar);
        T.Store(c, y + 2 * yFar);
        T.Store(d, y + 3 * yFar);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(byte* group, int columns, in ActivationRow x, float* y)
    {
        byte* planes = group + ScaleBytes(columns);
        sbyte* codes = (sbyte*)x.Codes;
        float* xScales = (float*)x.Scales;
        int* sums = (int*)x.Sums;
        T a = T.Zero;
        for (int block = columns / TBlock.Values; block > 0; block--, group += TScales.Bytes)
        {
            for (int part = 0; part < Parts; part++, planes += TCodes.PartBytes, codes += 32, sums += 2, xScales++)
                a = AddPart(a, group, planes, part, codes, *xScales, sums);
        }

        T.Store(a, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AddPart(T sum, byte* scales, byte* plane, int part, sbyte* x, float xScale, int* xSums)
    {
        Prefetch(plane + PrefetchBytes);
        T dot;
        if (TScales.Sub == SubScale.Half)
        {
            T first = Half(T.BroadcastInt(-Offset * xSums[0]), plane, 0, x);
            T second = Half(T.BroadcastInt(-Offset * xSums[1]), plane, 4, x);
            dot = T.MultiplyAdd(
                T.ToFloat(first), TScales.SubScales<T>(scales, part, 0),
                T.Multiply(T.ToFloat(second), TScales.SubScales<T>(scales, part, 1)));
        }
        else
        {
            T all = Half(Half(T.BroadcastInt(-Offset * (xSums[0] + xSums[1])), plane, 0, x), plane, 4, x);
            dot = T.ToFloat(all);
            if (TScales.Sub == SubScale.Part) dot = T.Multiply(dot, TScales.SubScales<T>(scales, part, 0));
        }

        return AddScaled(sum, dot, scales, part, xScale, xSums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* plane)
    {
        T.Prefetch(plane);
        T.Prefetch(plane + 64);
        if (TCodes.PartBytes > 128) T.Prefetch(plane + 128);
        if (TCodes.PartBytes > 192) T.Prefetch(plane + 192);
        if (TCodes.PartBytes > 256) T.Prefetch(plane + 256);
        if (TCodes.PartBytes > 320) T.Prefetch(plane + 320);
        if (TCodes.PartBytes > 384) T.Prefetch(plane + 384);
        if (TCodes.PartBytes > 448) T.Prefetch(plane + 448);
    }

    // Quads q to q + 3: sixteen weights of each row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Half(T sum, byte* plane, int q, sbyte* x)
    {
        sum = Dot(sum, TCodes.Load<T>(plane, q), T.BroadcastInt(((int*)x)[q]));
        sum = Dot(sum, TCodes.Load<T>(plane, q + 1), T.BroadcastInt(((int*)x)[q + 1]));
        sum = Dot(sum, TCodes.Load<T>(plane, q + 2), T.BroadcastInt(((int*)x)[q + 2]));
        return Dot(sum, TCodes.Load<T>(plane, q + 3), T.BroadcastInt(((int*)x)[q + 3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot(T sum, T weights, T values) =>
        TCodes.Signed ? T.DotSigned(sum, weights, values) : T.DotUnsigned(sum, weights, values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AddScaled(T sum, T dot, byte* scales, int part, float xScale, int* xSums)
    {
        sum = T.MultiplyAdd(dot, T.Multiply(TScales.Scale<T>(scales), T.Broadcast(xScale)), sum);
        if (!TScales.HasMin) return sum;
        T min;
        if (TScales.Sub == SubScale.Half)
        {
            min = T.MultiplyAdd(
                TScales.SubMins<T>(scales, part, 0), T.Broadcast(xSums[0]),
                T.Multiply(TScales.SubMins<T>(scales, part, 1), T.Broadcast(xSums[1])));
        }
        else
        {
            min = T.Multiply(TScales.SubMins<T>(scales, part, 0), T.Broadcast(xSums[0] + xSums[1]));
        }

        return T.MultiplyAdd(min, T.Multiply(TScales.MinScale<T>(scales), T.Broadcast(-xScale)), sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyFour(
        byte* group, int columns, in ActivationRow x0, in ActivationRow x1, in ActivationRow x2, in ActivationRow x3,
        float* y, long yStride)
    {
        byte* planes = group + ScaleBytes(columns);
        T a = T.Zero, b = T.Zero, c = T.Zero, d = T.Zero;
        int index = 0;
        for (int block = columns / TBlock.Values; block > 0; block--, group += TScales.Bytes)
        {
            for (int part = 0; part < Parts; part++, planes += TCodes.PartBytes, index++)
            {
                FourDots(planes, group, part, index, x0, x1, x2, x3, out T p, out T q, out T r, out T s);
                a = AddScaled(a, p, group, part, ((float*)x0.Scales)[index], (int*)x0.Sums + 2 * index);
                b = AddScaled(b, q, group, part, ((float*)x1.Scales)[index], (int*)x1.Sums + 2 * index);
                c = AddScaled(c, r, group, part, ((float*)x2.Scales)[index], (int*)x2.Sums + 2 * index);
                d = AddScaled(d, s, group, part, ((float*)x3.Scales)[index], (int*)x3.Sums + 2 * index);
            }
        }

        T.Store(a, y);
        T.Store(b, y + yStride);
        T.Store(c, y + 2 * yStride);
        T.Store(d, y + 3 * yStride);
    }

    // The dots of one part with four rows: codes are decoded once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourDots(
        byte* plane, byte* scales, int part, int index, in ActivationRow x0, in ActivationRow x1, in ActivationRow x2,
        in ActivationRow x3, out T p, out T q, out T r, out T s)
    {
        T a = Start(x0, index, 0), b = Start(x1, index, 0), c = Start(x2, index, 0), d = Start(x3, index, 0);
        int* i = (int*)x0.Codes + 8 * index, j = (int*)x1.Codes + 8 * index;
        int* k = (int*)x2.Codes + 8 * index, l = (int*)x3.Codes + 8 * index;
        FourHalf(plane, 0, i, j, k, l, ref a, ref b, ref c, ref d);
        if (TScales.Sub == SubScale.Half)
        {
            T sub = TScales.SubScales<T>(scales, part, 1);
            T a1 = Start(x0, index, 1), b1 = Start(x1, index, 1), c1 = Start(x2, index, 1), d1 = Start(x3, index, 1);
            FourHalf(plane, 4, i, j, k, l, ref a1, ref b1, ref c1, ref d1);
            p = T.Multiply(T.ToFloat(a1), sub);
            q = T.Multiply(T.ToFloat(b1), sub);
            r = T.Multiply(T.ToFloat(c1), sub);
            s = T.Multiply(T.ToFloat(d1), sub);
            sub = TScales.SubScales<T>(scales, part, 0);
            p = T.MultiplyAdd(T.ToFloat(a), sub, p);
            q = T.MultiplyAdd(T.ToFloat(b), sub, q);
            r = T.MultiplyAdd(T.ToFloat(c), sub, r);
            s = T.MultiplyAdd(T.ToFloat(d), sub, s);
            return;
        }

        FourHalf(plane, 4, i, j, k, l, ref a, ref b, ref c, ref d);
        p = T.ToFloat(a);
        q = T.ToFloat(b);
        r = T.ToFloat(c);
        s = T.ToFloat(d);
        if (TScales.Sub == SubScale.Part)
        {
            T sub = TScales.SubScales<T>(scales, part, 0);
            p = T.Multiply(p, sub);
            q = T.Multiply(q, sub);
            r = T.Multiply(r, sub);
            s = T.Multiply(s, sub);
        }
    }

    // Quads first to first + 3, unrolled so that each quad's place is a constant.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourHalf(byte* plane, int first, int* i, int* j, int* k, int* l, ref T a, ref T b, ref T c, ref T d)
    {
        FourQuad(TCodes.Load<T>(plane, first), first, i, j, k, l, ref a, ref b, ref c, ref d);
        FourQuad(TCodes.Load<T>(plane, first + 1), first + 1, i, j, k, l, ref a, ref b, ref c, ref d);
        FourQuad(TCodes.Load<T>(plane, first + 2), first + 2, i, j, k, l, ref a, ref b, ref c, ref d);
        FourQuad(TCodes.Load<T>(plane, first + 3), first + 3, i, j, k, l, ref a, ref b, ref c, ref d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourQuad(T weights, int quad, int* i, int* j, int* k, int* l, ref T a, ref T b, ref T c, ref T d)
    {
        a = Dot(a, weights, T.BroadcastInt(i[quad]));
        b = Dot(b, weights, T.BroadcastInt(j[quad]));
        c = Dot(c, weights, T.BroadcastInt(k[quad]));
        d = Dot(d, weights, T.BroadcastInt(l[quad]));
    }

    // What the codes' offset adds is taken away before the dot begins; half 0 stands for the whole part without half sub-scales.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Start(in ActivationRow x, int index, int half)
    {
        int* sums = (int*)x.Sums + 2 * index;
        return T.BroadcastInt(-Offset * (TScales.Sub == SubScale.Half ? sums[half] : sums[0] + sums[1]));
    }
}
