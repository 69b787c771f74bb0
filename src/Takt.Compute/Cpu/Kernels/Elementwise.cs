using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>The feed-forward activation, a row a piece; the result goes to <paramref name="up"/>'s place.</summary>
/// <remarks>A loop for each kind: the compiler inlines only so much into one method.</remarks>
internal readonly unsafe struct Activate<T>(Activation kind, Rows gate, Rows up) : ITask where T : struct, ILanes<T>
{
    public void Run(int index, int thread)
    {
        switch (kind)
        {
            case Activation.SwiGlu: SwiGlu(gate[index], up[index], up.Width); break;
            case Activation.GeGlu: Gelu(gate[index], up[index], up.Width); break;
            case Activation.Gelu: Gelu(up[index], null, up.Width, up[index]); break;
            default: Oai(gate[index], up[index], up.Width); break;
        }
    }

    [MethodImpl(Compile.AtOnce)]
    private static void SwiGlu(float* gate, float* up, int width)
    {
        for (int k = 0; k < width; k += 16)
        {
            T x = T.Load(gate + k);
            T silu = T.Divide(x, T.Add(T.Broadcast(1f), LaneMath.Exp(T.Subtract(T.Zero, x))));
            T.Store(T.Multiply(silu, T.Load(up + k)), up + k);
        }
    }

    private static void Gelu(float* gate, float* up, int width) => Gelu(gate, up, width, up);

    [MethodImpl(Compile.AtOnce)]
    private static void Gelu(float* gate, float* up, int width, float* result)
    {
        for (int k = 0; k < width; k += 16)
        {
            T x = T.Load(gate + k);
            T cube = T.Multiply(T.Multiply(x, x), x);
            T inner = T.Multiply(T.MultiplyAdd(cube, T.Broadcast(0.044715f), x), T.Broadcast(0.79788456f));
            T half = T.Multiply(x, T.Broadcast(0.5f));
            T gelu = T.MultiplyAdd(half, LaneMath.Tanh(inner), half);
            T.Store(up == null ? gelu : T.Multiply(gelu, T.Load(up + k)), result + k);
        }
    }

    [MethodImpl(Compile.AtOnce)]
    private static void Oai(float* gate, float* up, int width)
    {
        T limit = T.Broadcast(7f);
        for (int k = 0; k < width; k += 16)
        {
            T g = T.Min(T.Load(gate + k), limit);
            T u = T.Max(T.Min(T.Load(up + k), limit), T.Broadcast(-7f));
            T swish = T.Multiply(g, LaneMath.Sigmoid(T.Multiply(g, T.Broadcast(1.702f))));
            T.Store(T.MultiplyAdd(swish, u, swish), up + k);
        }
    }
}

/// <summary>y += scale * x, a row a piece.</summary>
internal readonly unsafe struct AddScaled<T>(Rows x, float scale, Rows y) : ITask where T : struct, ILanes<T>
{
    [MethodImpl(Compile.AtOnce)]
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
    public void Run(int index, int thread) => Row(x[index], x.Width, scale, cap);

    /// <summary>Scales and caps a row; a cap of 0 is none.</summary>
    public static void Row(float* row, int width, float scale, float cap)
    {
        if (cap == 0) Scale(row, width, scale);
        else Cap(row, width, scale, cap);
    }

    [MethodImpl(Compile.AtOnce)]
    private static void Scale(float* row, int width, float scale)
    {
        for (int k = 0; k < width; k += 16) T.Store(T.Multiply(T.Load(row + k), T.Broadcast(scale)), row + k);
    }

    [MethodImpl(Compile.AtOnce)]
    private static void Cap(float* row, int width, float scale, float cap)
    {
        for (int k = 0; k < width; k += 16)
        {
            T value = T.Multiply(T.Multiply(T.Load(row + k), T.Broadcast(scale)), T.Broadcast(1f / cap));
            T.Store(T.Multiply(T.Broadcast(cap), LaneMath.Tanh(value)), row + k);
        }
    }
}
