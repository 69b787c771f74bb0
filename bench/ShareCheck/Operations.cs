namespace Takt.Bench.ShareCheck;

/// <summary>Kinds of operations that a profiler can tell apart by the names of methods, and which the ledger's belong to them.</summary>
internal static class Operations
{
    private static readonly (string Name, string[] Moments, string[] Methods)[] _all =
    [
        ("attention", ["attention"], [Sampler.Emitted + " attention", "Attention`", "AttentionPlan", "AttentionState", "MergeAttention", "FloatKv", "QuantizedKv"]),
        ("products of weights", ["qkv", "attention_output", "gate_up", "down", "logits", "router"],
            [Sampler.Emitted + " product", "EmittedQuantizedKernel", "EmittedFloatKernel", "EmittedBlockKernel", "MatMul",
                "BlockKernel", "PlaneKernel", "FloatKernel", "Activations::", "QuantizeRows", "WrappedKernel"]),
        ("activation", ["activation"], ["Activate"]),
        // Inlined into what calls them, so that no name tells them apart.
        ("all else", ["kv_store", "attention_norm", "ffn_norm", "output_norm", "qk_norm", "rope", "rope_angles", "attention_residual",
                "ffn_residual", "sample", "embed", "admit", "choose", "batch", "store", "publish", "detokenize"],
            ["KvStore", "RmsNorm", "LayerNorm", "HeadNorm", "Rope", "Rotations", "RotaryTable", "AddScaled", "Takt.Models.", "Takt.Engine."]),
    ];

    /// <summary>Their names.</summary>
    public static string[] Names { get; } = [.. _all.Select(static kind => kind.Name)];

    /// <summary>The kind of a moment's operation; null for one of no kind.</summary>
    public static int? OfMoment(string op) => Index(Array.FindIndex(_all, kind => kind.Moments.Contains(op)));

    /// <summary>The kind that a sample's method belongs to; null for one of no kind.</summary>
    public static int? OfSample(Sample sample)
    {
        string method = Method(sample);
        return Index(Array.FindIndex(_all, kind => kind.Methods.Any(name => method.Contains(name, StringComparison.Ordinal))));
    }

    /// <summary>Whether a thread only waited for others, which is no operation's work.</summary>
    public static bool Waits(Sample sample) =>
        Method(sample).Contains("Threading.Team::", StringComparison.Ordinal) || sample.Symbol.Contains("sched_yield", StringComparison.Ordinal)
        || sample.Symbol.Contains("SpinWait", StringComparison.Ordinal) || sample.Module.Contains("kernel", StringComparison.Ordinal);

    // Of the perf map's "valuetype R [Assembly] Namespace.Class`1[Arguments]::Method(parameters)[Tier]" the class and the method.
    private static string Method(Sample sample)
    {
        int end = sample.Symbol.IndexOf("::", StringComparison.Ordinal);
        if (end < 0) return sample.Symbol;
        int parameters = sample.Symbol.IndexOf('(', end), arguments = sample.Symbol.IndexOf('[', sample.Symbol.IndexOf("] Takt", StringComparison.Ordinal) + 1);
        string type = arguments >= 0 && arguments < end ? sample.Symbol[..arguments] : sample.Symbol[..end];
        return type[(type.LastIndexOf(' ') + 1)..] + sample.Symbol[end..(parameters < 0 ? sample.Symbol.Length : parameters)];
    }

    private static int? Index(int found) => found < 0 ? null : found;
}
