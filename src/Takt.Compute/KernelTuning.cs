using System.Runtime.Intrinsics.X86;

namespace Takt.Compute;

/// <summary>What kernels that read weights from memory do best on this machine.</summary>
/// <param name="Streams">Places of a matrix that a thread reads at once: 1, 2 or 4.</param>
/// <param name="PrefetchBytes">How far ahead of its place a stream asks for memory, for the second-level cache; 0 leaves that to the processor.</param>
/// <param name="HugePages">Whether packed weights should lie on large pages.</param>
public sealed record KernelTuning(int Streams, int PrefetchBytes, bool HugePages)
{
    /// <summary>Rises when kernels change so much that what was measured with earlier ones may not be best any more.</summary>
    public const int KernelVersion = 5;

    /// <summary>How far ahead of its place a stream asks for what the second-level cache has got by then, for the first level.</summary>
    public const int NearBytes = 512;

    /// <summary>Numbers of streams that are worth trying.</summary>
    public static IReadOnlyList<int> StreamChoices { get; } = [4, 2, 1];

    /// <summary>Prefetch distances that are worth trying.</summary>
    public static IReadOnlyList<int> PrefetchChoices { get; } = [0, 1280, 4096, 8192];

    /// <summary>What is used where nothing was measured.</summary>
    /// <remarks>
    /// Small pages, because large ones have to be proven worth their start: on a virtual machine whose host takes back free memory, a model
    /// of 640 MB started 0.7 s later on large pages and read no faster from them. AMD's Zen 4 reads fastest in one stream (four give half
    /// of that), Zen 3 in four, by what it asks for ahead itself; Intel's Sapphire Rapids in four, and others are taken for it.
    /// </remarks>
    public static KernelTuning Default { get; } = !IsAmd ? new(4, 1280, false) : Avx512F.IsSupported ? new(1, 8192, false) : new(4, 0, false);

    // "AuthenticAMD": the first and the second four letters.
    private static bool IsAmd => X86Base.IsSupported && X86Base.CpuId(0, 0).Edx == 0x69746e65 && X86Base.CpuId(0, 0).Ebx == 0x68747541;

    /// <summary>What kernels use now.</summary>
    public static KernelTuning Current { get; set; } = Default;
}
