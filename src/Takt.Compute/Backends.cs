using Takt.Compute.Cpu;
using Takt.Compute.Cpu.Emitted;
using Takt.Compute.Lanes;
using Takt.Compute.Reference;
using Takt.Compute.Threading;

namespace Takt.Compute;

/// <summary>Which backends there are and which this machine should use.</summary>
public static class Backends
{
    private sealed record Entry(string Name, string Needs, bool Proven, Func<string?> Lacks, Func<Team, Numerics, Backend> Create)
    {
        public bool Supported => Lacks() is null;
    }

    // Best first. What no test has run on real hardware is not proven, and has to be asked for by name.
    private static readonly Entry[] All =
    [
        Emitted(EmittedKernels.Amx, "AMX, AVX-512 VNNI"),
        Emitted(EmittedKernels.Vnni, "AVX-512 VNNI"),
        Tier<Lanes512>("AVX-512"),
        Tier<LanesVnni256>("AVX-VNNI", proven: false),
        Tier<Lanes256>("AVX2, FMA"),
        Tier<Lanes128>("SSE4.1 / AdvSimd"),
        Tier<LanesScalar>("-"),
        new("reference", "-", true, static () => null, static (team, _) => new ReferenceBackend(team)),
    ];

    /// <summary>What is to be said of a tier that no test has run on real hardware.</summary>
    internal const string Unproven = "not proven on real hardware yet; it is used where it is asked for by name or by fast numerics";

    /// <summary>All tiers, best first: name, the instructions it needs, and why this machine cannot run it, or null where it can.</summary>
    public static IEnumerable<(string Name, string Needs, string? Lacks)> Tiers =>
        All.Select(static entry => (entry.Name, entry.Needs, entry.Lacks()));

    /// <summary>The tiers this machine can run, best first.</summary>
    public static IEnumerable<string> Supported => All.Where(static entry => entry.Supported).Select(static entry => entry.Name);

    /// <summary>What else there is to say of the tiers that run: what was not proven, what they lack, what was refused.</summary>
    public static IEnumerable<string> Notes =>
    [
        .. from entry in All where entry is { Proven: false, Supported: true } select $"{entry.Name}: {Unproven}",
        .. from name in EmittedKernels.Tiers
           where EmittedKernels.Unavailable(name) is null
           let lacks = EmittedKernels.Unavailable(name, Numerics.Fast)
           where lacks is not null
           select $"{name}: no fast numerics, {lacks}",
        .. from name in EmittedKernels.Tiers
           where EmittedKernels.Unavailable(name, Numerics.Fast) is null
           select $"{name}: has fast numerics, which are outside the promise of the same bits, for whoever asks",
        .. EmittedKernels.Refused,
    ];

    /// <summary>The tier that is used where none is named: the best of the proven ones; fast numerics are reason to use an unproven one.</summary>
    public static string Default(Numerics numerics = Numerics.Exact) =>
        All.First(entry => entry.Supported && (entry.Proven || numerics == Numerics.Fast)).Name;

    /// <summary>Makes a backend.</summary>
    /// <param name="team">Threads to run on.</param>
    /// <param name="tier">A tier's name; null takes the one in <c>TAKT_ISA</c> or, without it, <see cref="Default"/>.</param>
    /// <param name="numerics">What products may be; without instructions for fast ones they are exact.</param>
    /// <exception cref="ArgumentException">There is no such tier, or this machine cannot run it.</exception>
    public static Backend Create(Team team, string? tier = null, Numerics numerics = Numerics.Exact)
    {
        tier ??= Environment.GetEnvironmentVariable(Backend.TierVariable);
        if (string.IsNullOrEmpty(tier)) tier = Default(numerics);
        Entry? found = Array.Find(All, entry => entry.Name.Equals(tier, StringComparison.OrdinalIgnoreCase));
        if (found is { Supported: true }) return found.Create(team, numerics);
        string why = found is null ? "is no kernel tier" : $"is a kernel tier that this machine cannot run ({found.Lacks()})";
        throw new ArgumentException($"'{tier}' {why}; it can run {string.Join(", ", Supported)} ({Backend.TierVariable} names one).");
    }

    private static Entry Tier<T>(string needs, bool proven = true) where T : struct, ILanes<T> => new(
        T.Name, needs, proven, () => T.IsSupported ? null : $"the processor or the runtime lacks {needs}", static (team, _) => new CpuBackend<T>(team));

    // The rest of an emitted tier is AVX-512 in C#: whatever has the instructions of the one has those of the other.
    private static Entry Emitted(string name, string needs) => new(
        name, needs, false, () => EmittedKernels.Unavailable(name) ?? (Lanes512.IsSupported ? null : "AVX-512 is turned off"),
        (team, numerics) => new CpuBackend<Lanes512>(team, name, numerics));
}
