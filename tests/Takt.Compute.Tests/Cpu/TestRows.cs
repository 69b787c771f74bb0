using Takt.Compute.Memory;

namespace Takt.Compute.Tests.Cpu;

/// <summary>Rows of random floats for kernel tests.</summary>
internal sealed unsafe class TestRows : IDisposable
{
    private readonly NativeBuffer _buffer;

    public TestRows(int count, int width, Random? random = null, float scale = 1)
    {
        _buffer = new NativeBuffer(Math.Max(1L, count) * Rows.Pad(width) * sizeof(float));
        View = new Rows((nint)_buffer.Floats, count, width, Rows.Pad(width));
        if (random is null) return;
        for (int i = 0; i < count; i++)
        {
            foreach (ref float value in View.Span(i)) value = Normal(random) * scale;
        }
    }

    public Rows View { get; }

    public float* Data => _buffer.Floats;

    /// <summary>All values, row after row.</summary>
    public float[] ToArray() => [.. Enumerable.Range(0, View.Count).SelectMany(i => View.Span(i).ToArray())];

    /// <summary>Whether all padding is still zero.</summary>
    public bool PaddingIsZero()
    {
        for (int i = 0; i < View.Count; i++)
        {
            if (new Span<float>(View[i] + View.Width, View.Stride - View.Width).ContainsAnyExcept(0f)) return false;
        }

        return true;
    }

    public void Dispose() => _buffer.Dispose();

    public static float Normal(Random random) =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>Normalised mean squared error.</summary>
    public static double Nmse(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        double error = 0, power = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            error += Math.Pow((double)expected[i] - actual[i], 2);
            power += Math.Pow(expected[i], 2);
        }

        return power == 0 ? error : error / power;
    }
}
