using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>The feed-forward activation, a row a piece; the result goes to <paramref name="up"/>'s place.</summary>
internal readonly unsafe struct Activate<T>(Activation kind, Rows gate, Rows up) : ITask where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        float* u = up[index];
        float* g = kind == Activation.Gelu ? u : gate[index];
        for (int k = 0; k < up.Width; k += 16)
        {
            T a = T.Load(g + k), b = T.Load(u + k);
            T.Store(
                kind switch
                {
                    Activation.SwiGlu => T.Multiply(Silu(a), b),
                    Activation.GeGlu => T.Multiply(Gelu(a), b),
                    Activation.Gelu => Gelu(b),
                    _ => Oai(a, b),
                },
                u + k);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Silu(T x) => T.Divide(x, T.Add(T.Broadcast(1f), LaneMath.Exp(T.Subtract(T.Zero, x))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Gelu(T x)
    {
        T cube = T.Multiply(T.Multiply(x, x), x);
        T inner = T.Multiply(T.MultiplyAdd(cube, T.Broadcast(0.044715f), x), T.Broadcast(0.79788456f));
        T half = T.Multiply(x, T.Broadcast(0.5f));
        return T.MultiplyAdd(half, LaneMath.Tanh(inner), half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Oai(T gate, T up)
    {
        T limit = T.Broadcast(7f);
        T g = T.Min(gate, limit);
        T u = T.Max(T.Min(up, limit), T.Broadcast(-7f));
        T swish = T.Multiply(g, LaneMath.Sigmoid(T.Multiply(g, T.Broadcast(1.702f))));
        return T.MultiplyAdd(swish, u, swish);
    }
}

/// <summary>y += scale * x, a row a piece.</summary>
internal readonly unsafe struct AddScaled<T>(Rows x, float scale, Rows y) : ITask where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        T factor = T.Broadcast(scale);
        float* from = x[index], to = y[index];
        for (int k = 0; k < x.Width; k += 16) T.Store(T.MultiplyAdd(T.Load(from + k), factor, T.Load(to + k)), to + k);
    }
}

/// <summary>x *= scale, then c * tanh(x / c) where a cap c is given; a row a piece.</summary>
internal readonly unsafe struct ScaleAndCap<T>(Rows x, float scale, float cap) : ITask where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int index, int thread)
    {
        float* row = x[index];
        for (int k = 0; k < x.Width; k += 16) T.Store(Apply(T.Load(row + k), scale, cap), row + k);
    }

    /// <summary>Scales and caps one register; a cap of 0 is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T value, float scale, float cap)
    {
        value = T.Multiply(value, T.Broadcast(scale));
        return cap == 0 ? value : T.Multiply(T.Broadcast(cap), LaneMath.Tanh(T.Multiply(value, T.Broadcast(1f / cap))));
    }
}
