using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>Puts the keys and values of a batch's rows into the cache, a KV head a piece.</summary>
internal readonly unsafe struct KvStore<T, TKv>(Rows keys, Rows values, AttentionPlan plan, KvLayer layer) : ITask
    where T : struct, ILanes<T>
    where TKv : struct, IKvFormat<TKv>
{
    [MethodImpl(Compile.AtOnce)]
    public void Run(int index, int thread)
    {
        foreach (ref readonly BatchSlice slice in plan.Slices)
        {
            for (int i = 0; i < slice.Rows; i++)
            {
                int position = slice.FirstPosition + i, token = position % KvLayer.BlockTokens;
                long head = layer.Offset(slice.Blocks[position / KvLayer.BlockTokens], index);
                TKv.StoreKey<T>(keys[slice.FirstRow + i] + index * layer.HeadSize, (byte*)layer.Keys + head, layer.HeadSize, token);
                TKv.StoreValue<T>(values[slice.FirstRow + i] + index * layer.HeadSize, (byte*)layer.Values + head, layer.HeadSize, token);
            }
        }
    }
}
