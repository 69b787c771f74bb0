using Takt.Compute;
using Takt.Models;

namespace Takt;

/// <summary>How a model is loaded.</summary>
public sealed record ModelOptions
{
    /// <summary>Most tokens of prompt and answer together; null: as many as the model was made for.</summary>
    public int? ContextLength { get; init; }

    /// <summary>How keys and values are stored; null: F32 where all weights are F32, else F16.</summary>
    public KvType? KvType { get; init; }

    /// <summary>Threads that compute; null: one a core.</summary>
    public int? Threads { get; init; }

    /// <summary>What products of weights may be: exact on every machine, or fast where this one can.</summary>
    public Numerics Numerics { get; init; }
}
