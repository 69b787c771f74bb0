using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Models;
using Takt.Models.Packing;

namespace Takt;

/// <summary>How a model is loaded.</summary>
public sealed record ModelOptions
{
    /// <summary>Most tokens of prompt and answer together; null: as many as the model was made for.</summary>
    public int? ContextLength { get; init; }

    /// <summary>How keys and values are stored; null: F32 where all weights are F32, else F16.</summary>
    public KvType? KvType { get; init; }

    /// <summary>
    /// Threads that compute; null: one a core, of the fast ones where they differ, and no more than a container's share of processor time.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>Kernel tier, such as <c>avx2</c>; null: what <c>TAKT_ISA</c> names or, without it, the best of this machine.</summary>
    public string? Tier { get; init; }

    /// <summary>How kernels read weights, in this whole process; null: as was measured best on this machine, or else the default.</summary>
    public KernelTuning? Tuning { get; init; }

    /// <summary>Most sequences that the engine runs together.</summary>
    public int MaxSequences { get; init; } = 1;

    /// <summary>Keeps packed weights for the next start, which maps them instead of packing; null for none.</summary>
    public PackCache? PackCache { get; init; }

    /// <summary>Told the share of the weights that is loaded, 0 to 1, on the thread that opens the model.</summary>
    public Action<double>? Progress { get; init; }

    /// <summary>What products of weights may be: exact on every machine, or fast where this one can.</summary>
    public Numerics Numerics { get; init; }
}
