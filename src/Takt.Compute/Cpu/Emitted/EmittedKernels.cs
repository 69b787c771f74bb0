using System.Collections.Concurrent;
using Takt.Compute.Cpu.Packing;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>An emitted kernel, or why there is none.</summary>
/// <param name="Entry">Its address; 0 where there is none.</param>
/// <param name="Reason">Why not; null where there is one.</param>
internal readonly record struct EmittedKernel(nint Entry, string? Reason);

/// <summary>The kernels assembled for this machine: made when a format is first used, and used when they have passed their test.</summary>
internal static unsafe class EmittedKernels
{
    /// <summary>The tier of 512-bit byte dots.</summary>
    public const string Vnni = "avx512vnni";

    /// <summary>The tier of AMX tiles; what fills no tile goes by <see cref="Vnni"/>'s instructions.</summary>
    public const string Amx = "amx";

    /// <summary>What is to be said of these tiers where they run.</summary>
    public const string Unproven = "proven in a simulator and by its self-test on this machine, not on other hardware";

    /// <summary>The emitted tiers, best first.</summary>
    public static readonly string[] Tiers = [Amx, Vnni];

    private static readonly Lazy<(ProcessorFeatures Features, string? Refusal)> Machine = new(ReadMachine);
    private static readonly Lazy<string?> TilesRefused = new(ProcessorFeatures.RequestTiles);
    private static readonly ConcurrentDictionary<(string Format, string Tier), EmittedKernel> Kernels = new();

    /// <summary>Kernels that were made and then refused, with the reason.</summary>
    public static IEnumerable<string> Refused => Kernels.Where(static kernel => kernel.Value.Reason is not null)
        .Select(static kernel => $"{kernel.Key.Tier} {kernel.Key.Format}: {kernel.Value.Reason}").Order(StringComparer.Ordinal);

    /// <summary>Why this machine cannot run a tier; null where it can.</summary>
    public static string? Unavailable(string tier)
    {
        (ProcessorFeatures features, string? refusal) = Machine.Value;
        if (refusal is not null) return refusal;
        return tier == Amx ? features.LacksAmx ?? TilesRefused.Value : features.LacksVnni;
    }

    /// <summary>A kernel that multiplies many rows by emitted code where the tier has it for the format; else the given one.</summary>
    /// <param name="kernel">The kernel of the same format in C#.</param>
    /// <param name="format">The weight format's name.</param>
    /// <param name="tier"><see cref="Vnni"/> or <see cref="Amx"/>.</param>
    public static MatrixKernel Wrap(MatrixKernel kernel, string format, string tier)
    {
        if (PackedLayout.Of(format) is not { } layout) return kernel;
        EmittedKernel emitted = Kernels.GetOrAdd((format, tier), static (key, inner) => Make(inner, key.Format, key.Tier), kernel);
        return emitted.Reason is null ? new EmittedBlockKernel(kernel, layout, emitted.Entry) : kernel;
    }

    private static EmittedKernel Make(MatrixKernel inner, string format, string tier)
    {
        if (Unavailable(tier) is { } reason) return new(0, reason);
        PackedLayout layout = PackedLayout.Of(format)!;
        byte[] code = BlockEmitter.Emit(layout, CodeBuilder.Native, tiles: tier == Amx).Assemble();
        nint entry = ExecutableMemory.Place(code, out string? refusal);
        return new(entry, refusal ?? SelfTest.Run(inner, new EmittedBlockKernel(inner, layout, entry), format));
    }

    private static (ProcessorFeatures Features, string? Refusal) ReadMachine() =>
        (ProcessorFeatures.Read(out string? refusal), refusal);
}
