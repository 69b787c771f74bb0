using System.Collections.Concurrent;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>An emitted kernel, or why there is none.</summary>
/// <param name="Entry">Its address; 0 where there is none.</param>
/// <param name="Reason">Why not; null where there is one.</param>
internal readonly record struct EmittedKernel(nint Entry, string? Reason);

/// <summary>What a kernel is made for.</summary>
internal readonly record struct KernelKey(string Format, string Tier, Numerics Numerics);

/// <summary>The kernels assembled for this machine: made when a format is first used, and used when they have passed their test.</summary>
internal static unsafe class EmittedKernels
{
    /// <summary>The tier of 512-bit byte dots.</summary>
    public const string Vnni = "avx512vnni";

    /// <summary>The tier of AMX tiles; what fills no tile goes by <see cref="Vnni"/>'s instructions.</summary>
    public const string Amx = "amx";

    /// <summary>Not a tier: what AVX2 and AVX-512 in C# take from emitted code, the conversion of 16-bit floats.</summary>
    private const string HalfConversion = "f16c";

    /// <summary>The emitted tiers, best first.</summary>
    public static readonly string[] Tiers = [Amx, Vnni];

    private static readonly Lazy<(ProcessorFeatures Features, string? Refusal)> Machine = new(ReadMachine);
    private static readonly Lazy<string?> TilesRefused = new(ProcessorFeatures.RequestTiles);
    private static readonly ConcurrentDictionary<KernelKey, EmittedKernel> Kernels = new();

    /// <summary>What a machine whose tiers could have them goes without, with the reason; what a tier lacks as a whole is not repeated.</summary>
    public static IEnumerable<string> Refused
    {
        get
        {
            if (Lanes256.IsSupported && Unavailable(HalfConversion) is { } lacks) yield return $"{HalfConversion}: {lacks}";
            foreach ((KernelKey key, EmittedKernel kernel) in Kernels.OrderBy(static kernel => kernel.Key.ToString(), StringComparer.Ordinal))
            {
                if (kernel.Reason is { } reason && reason != Unavailable(key.Tier, key.Numerics)) yield return $"{key.Tier} {key.Format}: {reason}";
            }
        }
    }

    /// <summary>Why this machine cannot run a tier; null where it can.</summary>
    public static string? Unavailable(string tier, Numerics numerics = Numerics.Exact)
    {
        (ProcessorFeatures features, string? refusal) = Machine.Value;
        bool fast = numerics == Numerics.Fast;
        if (refusal is not null) return refusal;
        if (tier == HalfConversion) return features.LacksHalfConversion;
        if (tier == Amx) return (fast ? features.LacksTileBFloat : features.LacksAmx) ?? TilesRefused.Value;
        return fast ? features.LacksVectorBFloat : features.LacksVnni;
    }

    /// <summary>A kernel that multiplies many rows by emitted code where the tier has it for the format; else the given one.</summary>
    /// <param name="kernel">The kernel of the same format in C#.</param>
    /// <param name="format">The weight format's name.</param>
    /// <param name="tier"><see cref="Vnni"/> or <see cref="Amx"/>.</param>
    /// <param name="numerics">Whether products may be fast ones.</param>
    public static MatrixKernel Wrap(MatrixKernel kernel, string format, string tier, Numerics numerics)
    {
        PackedLayout? layout = PackedLayout.Of(format);
        // Quantised products are exact either way; float ones are exact in C#.
        if (layout is not null) numerics = Numerics.Exact;
        else if (numerics == Numerics.Exact) return kernel;
        EmittedKernel emitted = Kernels.GetOrAdd(new(format, tier, numerics), static (key, inner) => Make(inner, key), kernel);
        return emitted.Reason is null ? Around(kernel, layout, emitted.Entry) : kernel;
    }

    /// <summary>An F16 kernel that multiplies one row by emitted code where the machine has the conversion; else the given one.</summary>
    public static MatrixKernel WrapHalf(MatrixKernel kernel)
    {
        EmittedKernel emitted = Kernels.GetOrAdd(new("f16", HalfConversion, Numerics.Exact), static (key, inner) => MakeHalf(inner, key), kernel);
        return emitted.Reason is null ? new EmittedHalfKernel(kernel, emitted.Entry) : kernel;
    }

    private static EmittedKernel MakeHalf(MatrixKernel inner, KernelKey key)
    {
        if (Unavailable(key.Tier) is { } reason) return new(0, reason);
        nint entry = ExecutableMemory.Place(HalfEmitter.Emit(CodeBuilder.Native).Assemble(), out string? refusal);
        return new(entry, refusal ?? SelfTest.Run(inner, new EmittedHalfKernel(inner, entry), key.Format));
    }

    private static MatrixKernel Around(MatrixKernel inner, PackedLayout? layout, nint entry) =>
        layout is null ? new EmittedFloatKernel(inner, entry) : new EmittedBlockKernel(inner, layout, entry);

    private static EmittedKernel Make(MatrixKernel inner, KernelKey key)
    {
        if (Unavailable(key.Tier, key.Numerics) is { } reason) return new(0, reason);
        PackedLayout? layout = PackedLayout.Of(key.Format);
        bool tiles = key.Tier == Amx;
        CodeBuilder code = layout is null
            ? BFloatEmitter.Emit(key.Format, CodeBuilder.Native, tiles)
            : BlockEmitter.Emit(layout, CodeBuilder.Native, tiles);
        nint entry = ExecutableMemory.Place(code.Assemble(), out string? refusal);
        double tolerance = layout is null ? BFloatEmitter.Tolerance : 0;
        return new(entry, refusal ?? SelfTest.Run(inner, Around(inner, layout, entry), key.Format, tolerance));
    }

    private static (ProcessorFeatures Features, string? Refusal) ReadMachine() =>
        (ProcessorFeatures.Read(out string? refusal), refusal);
}
