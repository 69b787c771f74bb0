using Takt.Compute.Memory;

namespace Takt.WhatIf;

/// <summary>A way to run a model that a question asks about.</summary>
/// <param name="Path">The model: a file or a folder.</param>
/// <param name="Threads">Threads that compute, 1 or more.</param>
/// <param name="KvType">How keys and values are stored.</param>
public sealed record Scenario(string Path, int Threads, KvType KvType)
{
    /// <summary>The quantisation that the file is brought to, such as <c>q4_0</c>; null for the file as it is.</summary>
    public string? Quant { get; init; }

    /// <summary>Sequences that generate together.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Tokens that each of them has stored.</summary>
    public int Context { get; init; } = 128;

    /// <summary>Tokens of the prompt that the first token waits for.</summary>
    public int Prompt { get; init; } = 512;

    /// <summary>Bytes a second that the machine reads; null for this machine's.</summary>
    public double? Bandwidth { get; init; }

    /// <summary>Operations a second that it computes; null for this machine's.</summary>
    public double? Flops { get; init; }

    /// <summary>Whether it can be run on this machine.</summary>
    public bool RunsHere => Bandwidth is null && Flops is null && Threads <= Environment.ProcessorCount;
}
