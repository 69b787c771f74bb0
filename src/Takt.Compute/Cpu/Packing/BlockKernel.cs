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
    private const int PartsPerVisit = 2;

    // Formats without minimums have codes around zero; their planes hold them shifted to be unsigned.
    private static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TCodes.Signed || TScales.HasMin ? 0 : 1 << (TCodes.Bits - 1);
    }

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

    private static void Four(byte* group, long far, int columns, in ActivationRow x, float* y, int yFar)
    {
        byte* planes = group + ScaleBytes(columns);
        int blocks = columns / TBlock.Values, visit = Math.Min(PartsPerVisit, Parts);
        Clear(y, yFar);
        for (int block = 0, index = 0; block < blocks; block++, group += TScales.Bytes)
        {
            for (int part = 0; part < Parts; part += visit, index += visit, planes += visit * TCodes.PartBytes)
            {
                Add(group, planes, part, visit, x, index, y);
                Add(group + far, planes + far, part, visit, x, index, y + yFar);
                Add(group + 2 * far, planes + 2 * far, part, visit, x, index, y + 2 * yFar);
                Add(group + 3 * far, planes + 3 * far, part, visit, x, index, y + 3 * yFar);
            }
        }
    }

    private static void Clear(float* y, int yFar)
    {
        for (int i = 0; i < 4; i++) T.Store(T.Zero, y + (long)i * yFar);
    }

    private static void One(byte* group, int columns, in ActivationRow x, float* y)
    {
        byte* planes = group + ScaleBytes(columns);
        int blocks = columns / TBlock.Values;
        T.Store(T.Zero, y);
        for (int block = 0; block < blocks; block++, group += TScales.Bytes, planes += Parts * TCodes.PartBytes)
            Add(group, planes, 0, Parts, x, block * Parts, y);
    }

    // Adds some parts of a block to 16 sums. The compiler inlines only so much into one method, and more into one that is long
    // itself: this is a method of its own and has its dots written out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add(byte* scales, byte* plane, int part, int count, in ActivationRow x, int index, float* y)
    {
        int* codes = (int*)x.Codes + 8 * index;
        float* xScale = (float*)x.Scales + index;
        int* sums = (int*)x.Sums + 2 * index;
        T scale = TScales.Scale<T>(scales), total = T.Load(y);
        for (int end = part + count; part < end; part++, plane += TCodes.PartBytes, codes += 8, sums += 2, xScale++)
        {
            Prefetch(plane + PrefetchBytes);
            T dot = T.BroadcastInt(-Offset * (TScales.Sub == SubScale.Half ? sums[0] : sums[0] + sums[1]));
            dot = Dot(dot, TCodes.Load<T>(plane, 0), T.BroadcastInt(codes[0]));
            dot = Dot(dot, TCodes.Load<T>(plane, 1), T.BroadcastInt(codes[1]));
            dot = Dot(dot, TCodes.Load<T>(plane, 2), T.BroadcastInt(codes[2]));
            dot = Dot(dot, TCodes.Load<T>(plane, 3), T.BroadcastInt(codes[3]));
            T first = dot;
            if (TScales.Sub == SubScale.Half) dot = T.BroadcastInt(-Offset * sums[1]);
            dot = Dot(dot, TCodes.Load<T>(plane, 4), T.BroadcastInt(codes[4]));
            dot = Dot(dot, TCodes.Load<T>(plane, 5), T.BroadcastInt(codes[5]));
            dot = Dot(dot, TCodes.Load<T>(plane, 6), T.BroadcastInt(codes[6]));
            dot = Dot(dot, TCodes.Load<T>(plane, 7), T.BroadcastInt(codes[7]));
            dot = T.ToFloat(dot);
            if (TScales.Sub == SubScale.Part) dot = T.Multiply(dot, TScales.SubScales<T>(scales, part, 0));
            if (TScales.Sub == SubScale.Half)
            {
                dot = T.Multiply(dot, TScales.SubScales<T>(scales, part, 1));
                dot = T.MultiplyAdd(T.ToFloat(first), TScales.SubScales<T>(scales, part, 0), dot);
            }

            total = T.MultiplyAdd(dot, T.Multiply(scale, T.Broadcast(*xScale)), total);
            if (!TScales.HasMin) continue;
            T min = Minimum(scales, part, sums);
            total = T.MultiplyAdd(min, T.Multiply(TScales.MinScale<T>(scales), T.Broadcast(-*xScale)), total);
        }

        T.Store(total, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Minimum(byte* scales, int part, int* sums)
    {
        if (TScales.Sub == SubScale.None) return T.Broadcast(sums[0] + sums[1]);
        if (TScales.Sub == SubScale.Part) return T.Multiply(TScales.SubMins<T>(scales, part, 0), T.Broadcast(sums[0] + sums[1]));
        T second = T.Multiply(TScales.SubMins<T>(scales, part, 1), T.Broadcast(sums[1]));
        return T.MultiplyAdd(TScales.SubMins<T>(scales, part, 0), T.Broadcast(sums[0]), second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Dot(T sum, T weights, T values) =>
        TCodes.Signed ? T.DotSigned(sum, weights, values) : T.DotUnsigned(sum, weights, values);

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

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void MultiplyRows(byte* group, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        const int ChunkParts = BlockTile<T, TCodes, TScales>.ChunkParts, MostBytes = 1024 + sizeof(float) * BlockTile<T, TCodes, TScales>.MostFloats;
        int codeBytes = BlockTile<T, TCodes, TScales>.CodeBytes;
        byte* scratch = stackalloc byte[ChunkParts * MostBytes + 64];
        byte* codes = (byte*)(((nuint)scratch + 63) & ~(nuint)63);
        float* floats = (float*)(codes + ChunkParts * codeBytes);
        byte* planes = group + ScaleBytes(columns);
        int parts = columns / 32;
        for (int first = 0; first < parts; first += ChunkParts)
        {
            int count = Math.Min(ChunkParts, parts - first);
            float* next = floats;
            for (int i = 0; i < count; i++, planes += TCodes.PartBytes)
            {
                int part = first + i;
                next = BlockTile<T, TCodes, TScales>.Unpack(group + part / Parts * TScales.Bytes, part % Parts, planes, codes + i * codeBytes, next);
            }

            AddRows(codes, floats, count, x.Part(first), Activations.Shorts(x, columns, first), xStride, rows, first == 0, y, yStride);
        }
    }

    // Adds some unpacked parts to the sums of all rows, four by four; a last tile of fewer repeats its last row.
    [SkipLocalsInit]
    private static void AddRows(
        byte* codes, float* floats, int parts, in ActivationRow x, byte* shorts, long xStride, int rows, bool begins, float* y, long yStride)
    {
        const int Most = BlockTile<T, TCodes, TScales>.ChunkParts * BlockTile<T, TCodes, TScales>.MostDots;
        byte* space = stackalloc byte[(Most + 4 * GroupRows) * sizeof(int) + 64];
        int* dots = (int*)(((nuint)space + 63) & ~(nuint)63);
        float* totals = (float*)dots + Most;
        for (int row = 0; row < rows; row += 4, y += 4 * yStride, shorts += 4 * xStride)
        {
            int last = Math.Min(4, rows - row) - 1;
            nint second = (nint)(Math.Min(1, last) * xStride), third = (nint)(Math.Min(2, last) * xStride);
            var tile = new TileRows(x.Next(row * xStride), shorts, second, third, (nint)(last * xStride));
            BlockTile<T, TCodes, TScales>.Dots(codes, parts, tile, dots);
            for (int r = 0; r < 4; r++) T.Store(begins ? T.Zero : T.Load(y + Math.Min(r, last) * yStride), totals + r * GroupRows);
            BlockTile<T, TCodes, TScales>.AddScaled(dots, floats, parts, tile, totals);
            for (int r = 0; r <= last; r++) T.Store(T.Load(totals + r * GroupRows), y + r * yStride);
        }
    }
}
