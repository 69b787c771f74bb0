using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Cpu;

/// <summary>The backends of this machine; each test compares all tiers with the reference and with each other.</summary>
internal static class Tiers
{
    public static Team Team { get; } = new(2);

    public static IReadOnlyList<string> Kernels { get; } = [.. Backends.Supported.Where(name => name != "reference")];

    /// <summary>Runs an operation on every tier and checks: near the reference, the same bits on all tiers, padding untouched.</summary>
    public static void Check(Func<Backend, TestRows> run, double nmse)
    {
        using Backend reference = Backends.Create(Team, "reference");
        using TestRows expectedRows = run(reference);
        float[] expected = expectedRows.ToArray();
        float[]? first = null;
        foreach (string tier in Kernels)
        {
            using Backend backend = Backends.Create(Team, tier);
            using TestRows rows = run(backend);
            float[] actual = rows.ToArray();
            double error = TestRows.Nmse(expected, actual);
            Assert.True(error <= nmse, $"{tier}: NMSE {error} is over {nmse}");
            Assert.True(rows.PaddingIsZero(), $"{tier} wrote into the padding");
            first ??= actual;
            Assert.True(first.AsSpan().SequenceEqual(actual), $"{tier} has other bits than {Kernels[0]}");
        }
    }
}
