using System.Collections.Concurrent;
using Takt.Compute.Cpu.Kernels;
using Takt.Compute.Cpu.Packing;
using Takt.Compute.Lanes;
using Takt.Compute.Memory;

namespace Takt.Compute.Cpu.Emitted;

/// <summary>An emitted kernel, or why there is none.</summary>
/// <param name="Entry">Its address; 0 where there is none.</param>
/// <param name="Reason">Why not; null where there is one.</param>
/// <param name="Tiles">The address of a second function, for tiles of rows, where one row has one of its own.</param>
internal readonly record struct EmittedKernel(nint Entry, string? Reason, nint Tiles = 0);

/// <summary>What a kernel is made for.</summary>
internal readonly record struct KernelKey(string Format, string Tier, Numerics Numerics);

/// <summary>The kernels assembled for this machine: made when a format is first used, and used when they have passed their test.</summary>
internal static unsafe class EmittedKernels
{
    /// <summary>The tier of 512-bit byte dots.</summary>
    public const string Vnni = "avx512vnni";

    /// <summary>The tier of AMX tiles; what fills no tile goes by <see cref="Vnni"/>'s instructions.</summary>
    public const string Amx = "amx";

    /// <summary>Not a tier: what tiers in C# take from emitted code, which all converts 16-bit floats.</summary>
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
        bool quantized = PackedLayout.Of(format) is not null;
        // A dot of bytes takes twice the values of one of bfloat16: without tiles the fast product would be the slower one.
        if (quantized && tier != Amx) numerics = Numerics.Exact;
        // Float products are exact in C#.
        if (!quantized && numerics == Numerics.Exact) return kernel;
        KernelKey key = new(format, tier, numerics);
        EmittedKernel emitted = Kernels.GetOrAdd(key, static (key, inner) => Make(inner, key), kernel);
        if (emitted.Reason is null) return Around(kernel, key, emitted.Entry);
        return numerics == Numerics.Fast ? Wrap(kernel, format, tier, Numerics.Exact) : kernel;
    }

    /// <summary>A kernel of F32, F16 or BF16 that multiplies by emitted code where that is allowed; else the given one.</summary>
    /// <param name="kernel">The kernel that does what emitted code does not.</param>
    /// <param name="known">The kernel in C#, which emitted code has to equal.</param>
    /// <param name="format">Their format's name.</param>
    /// <param name="tiles">Whether tiles of rows go by emitted code too.</param>
    public static MatrixKernel WrapFloats(MatrixKernel kernel, MatrixKernel known, string format, bool tiles)
    {
        EmittedKernel emitted = Kernels.GetOrAdd(new(format, HalfConversion, Numerics.Exact), static (key, known) => MakeFloats(known, key), known);
        return emitted.Reason is null ? new EmittedFloatKernel(kernel, emitted.Entry, tiles ? emitted.Tiles : 0) : kernel;
    }

    /// <summary>A quantised kernel of AVX2 that multiplies by emitted code where that is allowed; else the given one.</summary>
    public static MatrixKernel WrapQuantized(MatrixKernel kernel, string format)
    {
        EmittedKernel emitted = Kernels.GetOrAdd(
            new(format, HalfConversion, Numerics.Exact), static (key, inner) => MakeQuantized(inner, key), kernel);
        return emitted.Reason is null ? Around(kernel, format, emitted) : kernel;
    }

    /// <summary>The products that attention takes from emitted code where that is allowed.</summary>
    /// <param name="type">How keys and values are stored.</param>
    /// <param name="wider">Whether the tier's lanes are wider than those of emitted code: then it only reads what they would have to convert.</param>
    public static KvEntries Attention(KvType type, bool wider)
    {
        nint stored = type == KvType.Q8_0 || (wider && type != KvType.F16) ? 0 : Attention(type);
        return new(stored, wider ? 0 : Attention(KvType.F32));
    }

    private static nint Attention(KvType type)
    {
        KernelKey key = new($"attention {type.ToString().ToLowerInvariant()}", HalfConversion, Numerics.Exact);
        return Kernels.GetOrAdd(key, static (key, type) => MakeAttention(key, type), type) is { Reason: null } emitted ? emitted.Entry : 0;
    }

    private static EmittedKernel MakeAttention(KernelKey key, KvType type)
    {
        if (Unavailable(key.Tier) is { } reason) return new(0, reason);
        nint entry = ExecutableMemory.Place(key.Format, KvEmitter.Emit(type, CodeBuilder.Native).Assemble(), out string? refusal);
        return new(entry, refusal ?? KvSelfTest.Run(type, entry));
    }

    private static EmittedQuantizedKernel Around(MatrixKernel inner, string format, in EmittedKernel emitted) =>
        new(inner, PackedLayout.Of(format)!, emitted.Entry, emitted.Tiles);

    private static EmittedKernel MakeQuantized(MatrixKernel inner, KernelKey key)
    {
        if (Unavailable(key.Tier) is { } reason) return new(0, reason);
        PackedLayout layout = PackedLayout.Of(key.Format)!;
        nint row = ExecutableMemory.Place($"product {key.Format}", RowEmitter.Emit(layout, CodeBuilder.Native).Assemble(), out string? refusal);
        if (refusal is not null) return new(0, refusal);
        nint tiles = ExecutableMemory.Place($"product {key.Format}", TileEmitter.Emit(layout, CodeBuilder.Native).Assemble(), out refusal);
        var emitted = new EmittedKernel(row, refusal, tiles);
        return refusal is null ? emitted with { Reason = SelfTest.Run(inner, Around(inner, key.Format, emitted), key.Format) } : emitted;
    }

    private static EmittedKernel MakeFloats(MatrixKernel inner, KernelKey key)
    {
        if (Unavailable(key.Tier) is { } reason) return new(0, reason);
        nint one = ExecutableMemory.Place($"product {key.Format}", FloatEmitter.Emit(key.Format, CodeBuilder.Native).Assemble(), out string? refusal);
        if (refusal is not null) return new(0, refusal);
        nint tiles = ExecutableMemory.Place($"product {key.Format}", FloatTileEmitter.Emit(key.Format, CodeBuilder.Native).Assemble(), out refusal);
        return new(one, refusal ?? SelfTest.Run(inner, new EmittedFloatKernel(inner, one, tiles), key.Format), tiles);
    }

    private static MatrixKernel Around(MatrixKernel inner, in KernelKey key, nint entry)
    {
        PackedLayout? layout = PackedLayout.Of(key.Format);
        return key.Numerics == Numerics.Fast ? new EmittedBFloatKernel(inner, layout, entry) : new EmittedBlockKernel(inner, layout!, entry);
    }

    private static EmittedKernel Make(MatrixKernel inner, KernelKey key)
    {
        if (Unavailable(key.Tier, key.Numerics) is { } reason) return new(0, reason);
        bool tiles = key.Tier == Amx, fast = key.Numerics == Numerics.Fast;
        CodeBuilder code = fast
            ? BFloatEmitter.Emit(key.Format, CodeBuilder.Native, tiles)
            : BlockEmitter.Emit(PackedLayout.Of(key.Format)!, CodeBuilder.Native, tiles);
        nint entry = ExecutableMemory.Place($"product {key.Format}", code.Assemble(), out string? refusal);
        if (refusal is not null) return new(0, refusal);
        MatrixKernel emitted = Around(inner, key, entry);
        return new(entry, fast ? SelfTest.RunBFloat(emitted, key.Format, BFloatEmitter.Tolerance) : SelfTest.Run(inner, emitted, key.Format));
    }

    private static (ProcessorFeatures Features, string? Refusal) ReadMachine() =>
        (ProcessorFeatures.Read(out string? refusal), refusal);
}
