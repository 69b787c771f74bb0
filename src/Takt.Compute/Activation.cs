namespace Takt.Compute;

/// <summary>The activation of a feed-forward layer.</summary>
public enum Activation
{
    /// <summary>silu(gate) * up (Shazeer, 2020).</summary>
    SwiGlu,

    /// <summary>gelu(gate) * up, gelu by its tanh approximation.</summary>
    GeGlu,

    /// <summary>gelu(up), tanh approximation, without a gate.</summary>
    Gelu,

    /// <summary>gpt-oss: gate at most 7, up within 7; gate * sigmoid(1.702 gate) * (up + 1).</summary>
    SwiGluOai,
}
