namespace Takt.Compute;

/// <summary>What kernels that read weights from memory do best on this machine.</summary>
/// <param name="Streams">Places of a matrix that a thread reads at once: 1, 2 or 4.</param>
/// <param name="PrefetchBytes">How far ahead of its place a stream asks for memory; 0 asks for nothing.</param>
/// <param name="HugePages">Whether packed weights should lie on large pages.</param>
public sealed record KernelTuning(int Streams, int PrefetchBytes, bool HugePages)
{
    /// <summary>Rises when kernels change so much that what was measured with earlier ones may not be best any more.</summary>
    public const int KernelVersion = 1;

    /// <summary>What is used where nothing was measured.</summary>
    /// <remarks>
    /// Small pages, because large ones have to be proven worth their start: on a virtual machine whose host takes back free memory, a model
    /// of 640 MB started 0.7 s later on large pages and read no faster from them.
    /// </remarks>
    public static KernelTuning Default { get; } = new(4, 1280, false);

    /// <summary>What kernels use now.</summary>
    public static KernelTuning Current { get; set; } = Default;
}
