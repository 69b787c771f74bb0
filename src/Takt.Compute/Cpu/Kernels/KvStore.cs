using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>Puts the keys and values of a slice's rows into the cache, a KV head a piece.</summary>
internal readonly unsafe struct KvStore<T>(Rows keys, Rows values, BatchSlice slice, KvLayer layer) : ITask where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        for (int i = 0; i < slice.Rows; i++)
        {
            int position = slice.FirstPosition + i;
            int token = position % KvLayer.BlockTokens;
            long head = layer.Offset(slice.Blocks[position / KvLayer.BlockTokens], index);
            float* key = keys[slice.FirstRow + i] + index * layer.HeadSize;
            float* value = values[slice.FirstRow + i] + index * layer.HeadSize;
            if (layer.Half)
            {
                ushort* k = (ushort*)layer.Keys + head + token;
                ushort* v = (ushort*)layer.Values + head + token * layer.PaddedHeadSize;
                for (int d = 0; d < layer.HeadSize; d += 16) StoreHalves(key + d, value + d, layer.HeadSize - d, k + d * KvLayer.BlockTokens, v + d);
                continue;
            }

            float* keyColumn = (float*)layer.Keys + head + token;
            for (int d = 0; d < layer.HeadSize; d++) keyColumn[d * KvLayer.BlockTokens] = key[d];
            new Span<float>(value, layer.HeadSize).CopyTo(
                new Span<float>((float*)layer.Values + head + token * layer.PaddedHeadSize, layer.HeadSize));
        }
    }

    private static void StoreHalves(float* key, float* value, int count, ushort* keyColumn, ushort* valueRow)
    {
        ushort* halves = stackalloc ushort[16];
        float* floats = stackalloc float[16];
        count = Math.Min(count, 16);
        new Span<float>(floats, 16).Clear();
        new Span<float>(key, count).CopyTo(new Span<float>(floats, 16));
        LaneMath.StoreHalf(T.Load(floats), halves);
        for (int d = 0; d < count; d++) keyColumn[d * KvLayer.BlockTokens] = halves[d];
        new Span<float>(value, count).CopyTo(new Span<float>(floats, 16));
        LaneMath.StoreHalf(T.Load(floats), halves);
        new Span<ushort>(halves, count).CopyTo(new Span<ushort>(valueRow, count));
    }
}
