using Takt.Clock.Costs;

namespace Takt.WhatIf;

/// <summary>What is predicted of a scenario.</summary>
/// <param name="Ttft">Seconds from a prompt to its first token, with nothing else running.</param>
/// <param name="Tpot">Seconds between two tokens of a sequence while all of the batch generate.</param>
/// <param name="Batch">Sequences in the batch.</param>
/// <param name="WeightBytes">Bytes of weights as the kernels keep them.</param>
/// <param name="KvBytes">Bytes of keys and values when every sequence has stored its context.</param>
public sealed record Forecast(Prediction Ttft, Prediction Tpot, int Batch, long WeightBytes, long KvBytes)
{
    /// <summary>Tokens a second of all sequences together.</summary>
    public double TokensPerSecond => Batch / Tpot.Seconds;

    /// <summary>Lower end of its interval.</summary>
    public double TokensPerSecondLow => Batch / Tpot.High;

    /// <summary>Upper end of its interval.</summary>
    public double TokensPerSecondHigh => Batch / Tpot.Low;

    /// <summary>Bytes of weights, keys and values; what else a process takes is not counted.</summary>
    public long MemoryBytes => WeightBytes + KvBytes;
}
