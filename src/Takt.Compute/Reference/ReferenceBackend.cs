using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Compute.Reference;

/// <summary>
/// Every operation in the plainest way, in double precision, on the file's own bytes and on one thread: what the kernels are tested
/// against. <c>TAKT_ISA=reference</c> runs a whole model on it.
/// </summary>
internal sealed unsafe class ReferenceBackend(Team team) : Backend(team)
{
    /// <inheritdoc/>
    public override string Name => "reference";

    /// <inheritdoc/>
    public override Matrix Describe(WeightFormat format, nint source, int rows, int columns, bool mapped = false) =>
        new(format, rows, columns, source);

    /// <inheritdoc/>
    public override void MatMul(ReadOnlySpan<Projection> projections)
    {
        foreach (ref readonly Projection p in projections)
        {
            float[] weights = new float[p.W.Columns];
            long rowBytes = (long)p.W.Columns / p.W.Format.BlockValues * p.W.Format.BlockBytes;
            for (int output = 0; output < p.W.Rows; output++)
            {
                fixed (float* row = weights) p.W.Format.Dequantize(p.W.Data + output * rowBytes, row, p.W.Columns);
                double bias = p.Bias == 0 ? 0 : ((float*)p.Bias)[output];
                for (int i = 0; i < p.X.Count; i++) p.Y[i][output] = (float)(Dot(weights, p.X.Span(i)) + bias);
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++) sum += (double)a[k] * b[k];
        return sum;
    }

    /// <inheritdoc/>
    public override void RmsNorm(Rows x, float* weight, float epsilon, Rows y)
    {
        for (int i = 0; i < x.Count; i++) RmsNorm(x.Span(i), weight, epsilon, y.Span(i));
    }

    private static void RmsNorm(Span<float> x, float* weight, float epsilon, Span<float> y)
    {
        double factor = 1 / Math.Sqrt(Dot(x, x) / x.Length + epsilon);
        for (int k = 0; k < x.Length; k++) y[k] = (float)(x[k] * factor * (weight == null ? 1 : weight[k]));
    }

    /// <inheritdoc/>
    public override void LayerNorm(Rows x, float* weight, float* bias, float epsilon, Rows y)
    {
        for (int i = 0; i < x.Count; i++)
        {
            Span<float> from = x.Span(i), to = y.Span(i);
            double mean = 0, variance = 0;
            foreach (float value in from) mean += value / (double)from.Length;
            foreach (float value in from) variance += (value - mean) * (value - mean) / from.Length;
            double factor = 1 / Math.Sqrt(variance + epsilon);
            for (int k = 0; k < from.Length; k++)
                to[k] = (float)((from[k] - mean) * factor * weight[k] + (bias == null ? 0 : bias[k]));
        }
    }

    /// <inheritdoc/>
    public override void HeadNorm(Rows x, int headSize, float* weight, float epsilon)
    {
        for (int i = 0; i < x.Count; i++)
        {
            for (int first = 0; first < x.Width; first += headSize)
            {
                Span<float> head = x.Span(i).Slice(first, headSize);
                RmsNorm(head, weight, epsilon, head);
            }
        }
    }

    /// <inheritdoc/>
    public override void Rope(Rows x, int headSize, int ropeSize, bool interleaved, Rows angles)
    {
        int pairs = ropeSize / 2;
        for (int i = 0; i < x.Count; i++)
        {
            float* cos = angles[i], sin = cos + Rows.Pad(pairs);
            for (int first = 0; first < x.Width; first += headSize)
            {
                for (int pair = 0; pair < pairs; pair++)
                {
                    float* a = x[i] + first + (interleaved ? 2 * pair : pair);
                    float* b = a + (interleaved ? 1 : pairs);
                    (*a, *b) = ((float)((double)*a * cos[pair] - (double)*b * sin[pair]), (float)((double)*a * sin[pair] + (double)*b * cos[pair]));
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void KvStore(Rows keys, Rows values, ReadOnlySpan<BatchSlice> slices, in KvLayer layer)
    {
        foreach (ref readonly BatchSlice slice in slices)
        {
            for (int i = 0; i < slice.Rows; i++)
            {
                for (int head = 0; head < layer.Heads; head++)
                {
                    int column = head * layer.HeadSize;
                    ReferenceKv.Store(layer, slice, slice.FirstPosition + i, head, keys[slice.FirstRow + i] + column, values[slice.FirstRow + i] + column);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Attention(Rows queries, ReadOnlySpan<BatchSlice> slices, in KvLayer layer, in AttentionShape shape, Rows output)
    {
        foreach (ref readonly BatchSlice slice in slices)
        {
            for (int i = 0; i < slice.Rows; i++)
            {
                for (int head = 0; head < shape.Heads; head++)
                    Attend(queries.Span(slice.FirstRow + i), slice, slice.FirstPosition + i, layer, shape, head, output.Span(slice.FirstRow + i));
            }
        }
    }

    private static void Attend(
        Span<float> query, in BatchSlice slice, int position, in KvLayer layer, in AttentionShape shape, int head, Span<float> output)
    {
        int kvHead = head / (shape.Heads / layer.Heads), size = layer.HeadSize;
        int first = shape.Window == 0 ? 0 : Math.Max(0, position - shape.Window + 1);
        double[] weights = new double[position + 1 - first];
        for (int p = first; p <= position; p++)
        {
            double score = 0;
            for (int d = 0; d < size; d++)
                score += query[head * size + d] * (double)ReferenceKv.Key(layer, slice, p, kvHead, d);
            score *= shape.Scale;
            weights[p - first] = shape.SoftCap == 0 ? score : shape.SoftCap * Math.Tanh(score / shape.SoftCap);
        }

        double sink = shape.Sinks == 0 ? double.NegativeInfinity : ((float*)shape.Sinks)[head];
        double largest = Math.Max(weights.Max(), sink);
        double total = Math.Exp(sink - largest) + weights.Sum(weight => Math.Exp(weight - largest));
        for (int d = 0; d < size; d++)
        {
            double sum = 0;
            for (int p = first; p <= position; p++)
            {
                sum += Math.Exp(weights[p - first] - largest) / total
                    * ReferenceKv.Value(layer, slice, p, kvHead, d);
            }

            output[head * size + d] = (float)sum;
        }
    }

    /// <inheritdoc/>
    public override void Activate(Activation kind, Rows gate, Rows up)
    {
        for (int i = 0; i < up.Count; i++)
        {
            Span<float> u = up.Span(i), g = kind == Activation.Gelu ? u : gate.Span(i);
            for (int k = 0; k < u.Length; k++)
            {
                u[k] = (float)(kind switch
                {
                    Activation.SwiGlu => g[k] * Sigmoid(g[k]) * u[k],
                    Activation.GeGlu => Gelu(g[k]) * u[k],
                    Activation.Gelu => Gelu(u[k]),
                    _ => Oai(Math.Min(g[k], 7), Math.Clamp(u[k], -7, 7)),
                });
            }
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Gelu(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    private static double Oai(double gate, double up) => gate * Sigmoid(1.702 * gate) * (up + 1);

    /// <inheritdoc/>
    public override void AddScaled(Rows x, float scale, Rows y)
    {
        for (int i = 0; i < x.Count; i++)
        {
            for (int k = 0; k < x.Width; k++) y[i][k] = (float)(y[i][k] + (double)scale * x[i][k]);
        }
    }

    /// <inheritdoc/>
    public override void ScaleAndCap(Rows x, float scale, float cap)
    {
        for (int i = 0; i < x.Count; i++)
        {
            foreach (ref float value in x.Span(i))
            {
                double scaled = (double)value * scale;
                value = (float)(cap == 0 ? scaled : cap * Math.Tanh(scaled / cap));
            }
        }
    }
}
