using System.Runtime.CompilerServices;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Cpu.Kernels;

/// <summary>y = x / sqrt(mean(x^2) + epsilon) * weight, a row a piece (Zhang and Sennrich, 2019).</summary>
internal readonly unsafe struct RmsNorm<T>(Rows x, float* weight, float epsilon, Rows y) : ITask where T : struct, ILanes<T>
{
    public void Run(int index, int thread) => Row(x[index], x.Width, weight, epsilon, y[index]);

    /// <summary>Normalises one row; a null weight is one.</summary>
    [MethodImpl(Compile.AtOnce)]
    public static void Row(float* x, int width, float* weight, float epsilon, float* y)
    {
        T squares = T.Zero;
        for (int k = 0; k < width; k += 16)
        {
            T value = T.Load(x + k);
            squares = T.MultiplyAdd(value, value, squares);
        }

        T factor = T.Broadcast(1f / MathF.Sqrt(T.Sum(squares) / width + epsilon));
        for (int k = 0; k < width; k += 16)
        {
            T value = T.Multiply(T.Load(x + k), factor);
            T.Store(weight == null ? value : T.Multiply(value, T.Load(weight + k)), y + k);
        }
    }
}

/// <summary>y = (x - mean) / sqrt(variance + epsilon) * weight + bias, a row a piece (Ba, Kiros and Hinton, 2016).</summary>
internal readonly unsafe struct LayerNorm<T>(Rows x, float* weight, float* bias, float epsilon, Rows y) : ITask
    where T : struct, ILanes<T>
{
    [MethodImpl(Compile.AtOnce)]
    public void Run(int index, int thread)
    {
        float* from = x[index], to = y[index];
        int width = x.Width;
        T sum = T.Zero;
        for (int k = 0; k < width; k += 16) sum = T.Add(sum, T.Load(from + k));
        T mean = T.Broadcast(T.Sum(sum) / width);
        for (int k = 0; k < width; k += 16) T.Store(T.Subtract(T.Load(from + k), mean), to + k);
        new Span<float>(to + width, Rows.Pad(width) - width).Clear(); // the padding must not count in the variance
        T squares = T.Zero;
        for (int k = 0; k < width; k += 16) squares = T.MultiplyAdd(T.Load(to + k), T.Load(to + k), squares);
        T factor = T.Broadcast(1f / MathF.Sqrt(T.Sum(squares) / width + epsilon));
        for (int k = 0; k < width; k += 16)
        {
            T value = T.Multiply(T.Multiply(T.Load(to + k), factor), T.Load(weight + k));
            T.Store(bias == null ? value : T.Add(value, T.Load(bias + k)), to + k);
        }
    }
}

/// <summary>RMS norm of every head of a row, in place, a row a piece.</summary>
internal readonly unsafe struct HeadNorm<T>(Rows x, int headSize, float* weight, float epsilon) : ITask where T : struct, ILanes<T>
{
    public void Run(int index, int thread)
    {
        int padded = Rows.Pad(headSize);
        float* scratch = stackalloc float[padded];
        new Span<float>(scratch, padded).Clear();
        for (float* head = x[index], end = head + x.Width; head < end; head += headSize)
        {
            if (padded == headSize)
            {
                RmsNorm<T>.Row(head, headSize, weight, epsilon, head);
                continue;
            }

            // A head that does not fill registers is normalised beside its neighbours, not over them.
            new Span<float>(head, headSize).CopyTo(new Span<float>(scratch, headSize));
            RmsNorm<T>.Row(scratch, headSize, weight, epsilon, scratch);
            new Span<float>(scratch, headSize).CopyTo(new Span<float>(head, headSize));
        }
    }
}
