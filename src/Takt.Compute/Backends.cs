using Takt.Compute.Cpu;
using Takt.Compute.Lanes;
using Takt.Compute.Reference;
using Takt.Compute.Threading;

namespace Takt.Compute;

/// <summary>Which backends there are and which this machine should use.</summary>
public static class Backends
{
    private sealed record Entry(string Name, bool Supported, string Needs, Func<Team, Backend> Create);

    private static readonly Entry[] All =
    [
        Tier<Lanes512>("AVX-512"),
        Tier<Lanes256>("AVX2, FMA, F16C"),
        Tier<Lanes128>("SSE4.1 / AdvSimd"),
        Tier<LanesScalar>("-"),
        new("reference", true, "-", static team => new ReferenceBackend(team)),
    ];

    /// <summary>All tiers, best first: name, whether this machine runs it, and the instructions it needs.</summary>
    public static IEnumerable<(string Name, bool Supported, string Needs)> Tiers =>
        All.Select(static entry => (entry.Name, entry.Supported, entry.Needs));

    /// <summary>The tiers this machine can run, best first.</summary>
    public static IEnumerable<string> Supported => All.Where(static entry => entry.Supported).Select(static entry => entry.Name);

    /// <summary>Makes a backend.</summary>
    /// <param name="team">Threads to run on.</param>
    /// <param name="tier">A tier's name; null takes the one in <c>TAKT_ISA</c> or, without it, the best.</param>
    /// <exception cref="ArgumentException">There is no such tier, or this machine cannot run it.</exception>
    public static Backend Create(Team team, string? tier = null)
    {
        tier ??= Environment.GetEnvironmentVariable(Backend.TierVariable);
        if (string.IsNullOrEmpty(tier)) return All.First(static entry => entry.Supported).Create(team);
        Entry? found = Array.Find(All, entry => entry.Name.Equals(tier, StringComparison.OrdinalIgnoreCase));
        if (found is { Supported: true }) return found.Create(team);
        string why = found is null ? "is no kernel tier" : "is a kernel tier that this machine lacks";
        throw new ArgumentException($"'{tier}' {why}; it can run {string.Join(", ", Supported)} ({Backend.TierVariable} names one).");
    }

    private static Entry Tier<T>(string needs) where T : struct, ILanes<T> =>
        new(T.Name, T.IsSupported, needs, static team => new CpuBackend<T>(team));
}
