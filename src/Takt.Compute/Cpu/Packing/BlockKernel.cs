using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Takt.Compute.Blocks;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Packing;

/// <summary>
/// Products of a packed quantised matrix: 16 rows at a time, lanes being rows. The result of a row is
/// <c>sum over parts, in order, of fma(integer dot, scale * activation scale, sum)</c>, then the same for the minimum where the
/// format has one: exact dots and one defined order of additions, whatever the tier.
/// </summary>
/// <remarks>A group of 16 rows is stored as the scales of all its blocks, padded to 64 bytes, then the codes of all its parts.</remarks>
internal sealed unsafe class BlockKernel<T, TBlock, TCodes, TScales> : PlaneKernel<T, TCodes, TScales>
    where T : struct, ILanes<T>
    where TBlock : struct, IBlockFormat<TBlock>
    where TCodes : struct, ICodePlane<TCodes>
    where TScales : struct, IScalePlane<TScales>
{
    private const int PartsPerVisit = 4;

    private static int Parts => TBlock.Values / 32;

    /// <inheritdoc/>
    public override bool QuantizesActivations => true;

    /// <inheritdoc/>
    public override long GroupBytes(int columns) =>
        ScaleBytes(columns) + (long)columns / 32 * TCodes.PartBytes;

    private static long ScaleBytes(int columns) => ((long)columns / TBlock.Values * TScales.Bytes + 63) & ~63L;

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public override void Pack(byte* source, int rows, int columns, byte* group)
    {
        uint* codes = stackalloc uint[8 * GroupRows];
        // Rows that are missing have codes of 0, whose scale is 0 too.
        new Span<uint>(codes, 8 * GroupRows).Clear();
        int parts = columns / 32;
        nint rowBytes = (nint)(columns / TBlock.Values) * TBlock.Bytes;
        byte* plane = group + ScaleBytes(columns);
        for (int i = 0; i < parts; i++, plane += TCodes.PartBytes)
        {
            int block = i / Parts;
            Gather(source + block * TBlock.Bytes, rowBytes, rows, i % Parts, group + block * TScales.Bytes, codes);
            TCodes.Store<T>(plane, (byte*)codes);
        }
    }

    // Scales of a part to their plane, its codes to where the lane of a register is a row.
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    private static void Gather(byte* source, nint rowBytes, int rows, int part, byte* scales, uint* codes)
    {
        var offset = Vector128.Create((byte)Offset);
        for (int row = 0; row < rows; row++, source += rowBytes)
        {
            TBlock.Unpack(source, part, out BlockPart values);
            TScales.Store(scales, row, part, values);
            Scatter((Vector128.Load((byte*)values.Codes) + offset).AsUInt32(), codes + row);
            Scatter((Vector128.Load((byte*)values.Codes + 16) + offset).AsUInt32(), codes + row + 4 * GroupRows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scatter(Vector128<uint> quads, uint* codes)
    {
        codes[0] = quads.GetElement(0);
        codes[GroupRows] = quads.GetElement(1);
        codes[2 * GroupRows] = quads.GetElement(2);
        codes[3 * GroupRows] = quads.GetElement(3);
    }

    /// <inheritdoc/>
    [MethodImpl(Compile.AtOnce)]
    public override void Multiply(byte* groups, int count, int columns, in ActivationRow x, float* y)
    {
        long stride = GroupBytes(columns);
        KernelTuning tuning = KernelTuning.Current;
        // Where far-apart streams keep more of the memory's banks busy than one, some parts of each are visited in turn.
        int streams = Math.Min(tuning.Streams, count), length = count / streams;
        for (int i = 0; i < length; i++)
            Streams(groups + i * stride, streams, length * stride, columns, tuning.PrefetchBytes, x, y + 16 * i, 16 * length);
        for (int i = streams * length; i < count; i++)
            Streams(groups + i * stride, 1, 0, columns, tuning.PrefetchBytes, x, y + 16 * i, 0);
    }

    [MethodImpl(Compile.AtOnce)]
    private static void Streams(byte* group, int streams, long far, int columns, int prefetch, in ActivationRow x, float* y, int yFar)
    {
        byte* planes = group + ScaleBytes(columns);
        int parts = columns / 32, visit = streams == 1 ? parts : PartsPerVisit;
        for (int i = 0; i < streams; i++) T.Store(T.Zero, y + (long)i * yFar);
        for (int part = 0; part < parts; part += visit, planes += visit * TCodes.PartBytes)
        {
            int end = Math.Min(part + visit, parts);
            for (int i = 0; i < streams; i++) Add(group + i * far, planes + i * far, part, end, prefetch, x, y + (long)i * yFar);
        }
    }

    // Adds some parts to 16 sums. The compiler inlines only so much into one method, and more into one that is long itself: this is a
    // method of its own and has its dots written out.
    [MethodImpl(Compile.AtOnce | MethodImplOptions.NoInlining)]
    private static void Add(byte* group, byte* plane, int index, int end, int prefetch, in ActivationRow x, float* y)
    {
        byte* codes = (byte*)x.Codes + 32 * index;
        float* xScale = (float*)x.Scales + index;
        int* sums = (int*)x.Sums + 2 * index;
        byte* scales = group + index / Parts * TScales.Bytes;
        T scale = TScales.Scale<T>(scales), total = T.Load(y);
        for (; index < end; index++, plane += TCodes.PartBytes, codes += 32, sums += 2, xScale++)
        {
            int part = index % Parts;
            if (part == 0)
            {
                scales = group + index / Parts * TScales.Bytes;
                scale = TScales.Scale<T>(scales);
            }

            Prefetch(plane, prefetch);
            T sum = T.Zero, first = sum, dot = Start((byte*)sums);
            dot = Dot(dot, TCodes.Load<T>(plane, 0), codes, 0);
            dot = Dot(dot, TCodes.Load<T>(plane, 1), codes, 1);
            if (Chain == 2)
            {
                sum = Whole(dot);
                dot = T.Zero;
            }

            dot = Dot(dot, TCodes.Load<T>(plane, 2), codes, 2);
            dot = Dot(dot, TCodes.Load<T>(plane, 3), codes, 3);
            if (Chain <= 4)
            {
                sum = T.AddInt(sum, Whole(dot));
                if (TScales.Sub == SubScale.Half) (first, sum) = (sum, T.Zero);
                dot = Start((byte*)(sums + 1));
            }

            dot = Dot(dot, TCodes.Load<T>(plane, 4), codes, 4);
            dot = Dot(dot, TCodes.Load<T>(plane, 5), codes, 5);
            if (Chain == 2)
            {
                sum = T.AddInt(sum, Whole(dot));
                dot = T.Zero;
            }

            dot = Dot(dot, TCodes.Load<T>(plane, 6), codes, 6);
            dot = Dot(dot, TCodes.Load<T>(plane, 7), codes, 7);
            sum = T.AddInt(sum, Whole(dot));
            if (Chain == 2 && Offset != 0)
            {
                bool halves = TScales.Sub == SubScale.Half;
                if (halves) first = T.SubtractInt(first, T.BroadcastInt(Offset * sums[0]));
                sum = T.SubtractInt(sum, T.BroadcastInt(Offset * (halves ? sums[1] : sums[0] + sums[1])));
            }

            sum = T.ToFloat(sum);
            if (TScales.Sub == SubScale.Part) sum = T.Multiply(sum, TScales.SubScales<T>(scales, part, 0));
            if (TScales.Sub == SubScale.Half)
            {
                sum = T.Multiply(sum, TScales.SubScales<T>(scales, part, 1));
                sum = T.MultiplyAdd(T.ToFloat(first), TScales.SubScales<T>(scales, part, 0), sum);
            }

            total = T.MultiplyAdd(sum, T.Multiply(scale, T.Broadcast(*xScale)), total);
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
    private static void Prefetch(byte* plane, int far)
    {
        for (int line = 0; line < TCodes.PartBytes; line += 64)
        {
            T.PrefetchFar(plane + far + line);
            T.Prefetch(plane + KernelTuning.NearBytes + line);
        }
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    public override void MultiplyRows(byte* groups, int count, int columns, in ActivationRow x, long xStride, int rows, float* y, long yStride)
    {
        const int MostBytes = 1024 + sizeof(float) * MostFloats;
        int codeBytes = CodeBytes;
        byte* scratch = stackalloc byte[ChunkParts * MostBytes + 64];
        byte* codes = (byte*)(((nuint)scratch + 63) & ~(nuint)63);
        float* floats = (float*)(codes + ChunkParts * codeBytes);
        long groupBytes = GroupBytes(columns), scaleBytes = ScaleBytes(columns);
        int parts = columns / 32;
        for (int first = 0; first < parts; first += ChunkParts)
        {
            int length = Math.Min(ChunkParts, parts - first);
            byte* group = groups;
            for (int g = 0; g < count; g++, group += groupBytes)
            {
                byte* planes = group + scaleBytes + (long)first * TCodes.PartBytes;
                float* next = floats;
                for (int i = 0; i < length; i++, planes += TCodes.PartBytes)
                {
                    int part = first + i;
                    next = Unpack(group + part / Parts * TScales.Bytes, part % Parts, planes, codes + i * codeBytes, next, groupBytes);
                }

                byte* shorts = Activations.Shorts(x, columns, first);
                AddRows(codes, floats, length, x.Part(first), shorts, xStride, rows, first == 0, y + g * GroupRows, yStride);
            }
        }
    }

    // Adds some unpacked parts to the sums of all rows, four by four; a last tile of fewer repeats its last row.
    [SkipLocalsInit]
    [MethodImpl(Compile.AtOnce)]
    private static void AddRows(
        byte* codes, float* floats, int parts, in ActivationRow x, byte* shorts, long xStride, int rows, bool begins, float* y, long yStride)
    {
        const int Most = ChunkParts * MostDots;
        byte* space = stackalloc byte[(Most + 4 * GroupRows) * sizeof(int) + 64];
        int* dots = (int*)(((nuint)space + 63) & ~(nuint)63);
        float* totals = (float*)dots + Most;
        for (int row = 0; row < rows; row += 4, y += 4 * yStride, shorts += 4 * xStride)
        {
            int last = Math.Min(4, rows - row) - 1;
            nint second = (nint)(Math.Min(1, last) * xStride), third = (nint)(Math.Min(2, last) * xStride);
            var tile = new TileRows(x.Next(row * xStride), shorts, second, third, (nint)(last * xStride));
            Dots(codes, parts, tile, dots);
            for (int r = 0; r < 4; r++) T.Store(begins ? T.Zero : T.Load(y + Math.Min(r, last) * yStride), totals + r * GroupRows);
            AddScaled(dots, floats, parts, tile, totals);
            for (int r = 0; r <= last; r++) T.Store(T.Load(totals + r * GroupRows), y + r * yStride);
        }
    }
}
