using System.Globalization;
using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models.HuggingFace;

/// <summary>Translates the tensors of a Hugging Face model into those of a GGUF file.</summary>
internal sealed class TensorTranslator(
    HuggingFaceArchitecture architecture, HuggingFaceConfig config, ModelFile source, TensorArena arena)
{
    // Buffers that old checkpoints store though they are no weights.
    private static readonly string[] Ignored = [".rotary_emb.inv_freq", ".attn.bias", ".attn.masked_bias"];

    private readonly List<Tensor> _result = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>Translates all of them.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing, misshapen or not one of this architecture.</exception>
    public IReadOnlyList<Tensor> Translate()
    {
        string prefix = FindPrefix();
        int heads = config.OptionalCount("num_attention_heads") ?? config.Count("n_head");
        int hidden = config.OptionalCount("hidden_size") ?? config.Count("n_embd");
        Linear(prefix + architecture.Embedding, TensorNames.TokenEmbedding, transposed: false);
        if (architecture.Positions is { } positions) Linear(prefix + positions, TensorNames.PositionEmbedding, transposed: false);
        if (architecture.Positions is null)
            _result.AddRange(new RopeTranslator(config).Tensors(arena, config.OptionalCount("head_dim") ?? hidden / heads));
        int layers = config.OptionalCount("num_hidden_layers") ?? config.Count("n_layer");
        for (int layer = 0; layer < layers; layer++)
            TranslateLayer(string.Create(CultureInfo.InvariantCulture, $"{prefix}{architecture.Layers}.{layer}."), layer);
        Linear(prefix + architecture.OutputNorm, TensorNames.OutputNorm, transposed: false);
        TranslateHead(prefix);
        CheckAllUsed(prefix);
        return _result;
    }

    // The part before the embedding's name differs between classes ("model.", "transformer.", "model.language_model.", none).
    private string FindPrefix()
    {
        string ending = TensorNames.Weight(architecture.Embedding);
        foreach (Tensor tensor in source.Tensors)
        {
            if (tensor.Name == ending || tensor.Name.EndsWith("." + ending, StringComparison.Ordinal)) return tensor.Name[..^ending.Length];
        }

        throw new InvalidDataException(
            $"{source.Path}: has no tensor '{ending}', the token embedding; expected the tensors of a '{architecture.ModelType}' model.");
    }

    private void TranslateLayer(string prefix, int layer)
    {
        string Name(string name) => TensorNames.Layer(layer, name);
        foreach ((string from, string to) in architecture.Layer) Linear(prefix + from, Name(to), architecture.Transposed);
        if (Take(prefix + "self_attn.sinks") is { } sinks) _result.Add(arena.ToFloat(sinks, TensorNames.Weight(Name(TensorNames.Sinks))));
        if (architecture.Experts == ExpertLayout.GptOss)
        {
            TranslateGptOssExperts(prefix + "mlp.experts.", layer);
            return;
        }

        Stack(prefix + "mlp.experts.", "gate_proj", Name(TensorNames.ExpertGates));
        Stack(prefix + "mlp.experts.", "up_proj", Name(TensorNames.ExpertUps));
        Stack(prefix + "mlp.experts.", "down_proj", Name(TensorNames.ExpertDowns));
        Stack(prefix + "block_sparse_moe.experts.", "w1", Name(TensorNames.ExpertGates));
        Stack(prefix + "block_sparse_moe.experts.", "w3", Name(TensorNames.ExpertUps));
        Stack(prefix + "block_sparse_moe.experts.", "w2", Name(TensorNames.ExpertDowns));
    }

    private void Linear(string from, string to, bool transposed)
    {
        if (Take(TensorNames.Weight(from)) is { } weight) _result.Add(Convert(weight, to, TensorNames.Weight(to), transposed));
        if (Take(TensorNames.Bias(from)) is { } bias) _result.Add(Convert(bias, to, TensorNames.Bias(to), transposed: false));
    }

    // What of a tensor GGUF stores in another way; most are the same, and stay where they are.
    private Tensor Convert(Tensor tensor, string stem, string name, bool transposed)
    {
        string kind = stem[(stem.LastIndexOf('.') + 1)..];
        if (architecture.InterleavesHeads && kind is TensorNames.Query or TensorNames.Key)
            tensor = arena.InterleaveHeads(tensor, name, HeadsOf(kind));
        if (transposed && tensor.Shape.Count == 2) tensor = arena.Transpose(tensor, name);
        bool norm = kind.EndsWith("_norm", StringComparison.Ordinal);
        // llama.cpp computes with these in F32 only.
        bool small = tensor.Shape.Count < 2 || kind is TensorNames.Router or TensorNames.PositionEmbedding;
        return small ? arena.ToFloat(tensor, name, norm ? architecture.NormOffset : 0) : tensor with { Name = name };
    }

    private int HeadsOf(string kind)
    {
        int heads = config.Count("num_attention_heads");
        return kind == TensorNames.Query ? heads : config.OptionalCount("num_key_value_heads") ?? heads;
    }

    private void Stack(string prefix, string projection, string to)
    {
        var experts = new List<Tensor>();
        while (Take(string.Create(CultureInfo.InvariantCulture, $"{prefix}{experts.Count}.{projection}.weight")) is { } expert) experts.Add(expert);
        if (experts.Count > 0) _result.Add(arena.Stack(experts, TensorNames.Weight(to)));
    }

    private void TranslateGptOssExperts(string prefix, int layer)
    {
        string gates = TensorNames.Layer(layer, TensorNames.ExpertGates), ups = TensorNames.Layer(layer, TensorNames.ExpertUps);
        string downs = TensorNames.Layer(layer, TensorNames.ExpertDowns);
        if (Take(prefix + "gate_up_proj") is { } both)
        {
            _result.Add(arena.Transpose(Cube(both), TensorNames.Weight(gates), start: 0, step: 2));
            _result.Add(arena.Transpose(Cube(both), TensorNames.Weight(ups), start: 1, step: 2));
        }

        if (Take(prefix + "down_proj") is { } down) _result.Add(arena.Transpose(Cube(down), TensorNames.Weight(downs)));
        if (Take(prefix + "gate_up_proj_blocks") is { } blocks && Take(prefix + "gate_up_proj_scales") is { } scales)
        {
            _result.Add(Mxfp4.Pack(arena, blocks, scales, TensorNames.Weight(gates), start: 0, step: 2));
            _result.Add(Mxfp4.Pack(arena, blocks, scales, TensorNames.Weight(ups), start: 1, step: 2));
        }

        if (Take(prefix + "down_proj_blocks") is { } downBlocks && Take(prefix + "down_proj_scales") is { } downScales)
            _result.Add(Mxfp4.Pack(arena, downBlocks, downScales, TensorNames.Weight(downs)));
        if (Take(prefix + "gate_up_proj_bias") is { } bias)
        {
            _result.Add(arena.EverySecond(arena.ToFloat(bias, bias.Name), TensorNames.Bias(gates), start: 0));
            _result.Add(arena.EverySecond(arena.ToFloat(bias, bias.Name), TensorNames.Bias(ups), start: 1));
        }

        if (Take(prefix + "down_proj_bias") is { } downBias) _result.Add(arena.ToFloat(downBias, TensorNames.Bias(downs)));
    }

    private static Tensor Cube(Tensor tensor) => tensor.Shape.Count == 3
        ? tensor
        : throw new InvalidDataException($"tensor '{tensor.Name}' has {tensor.Shape.Count} dimensions; expected 3 (experts, rows, columns).");

    // Where embeddings are tied, a stored copy of them is left out as transformers does.
    private void TranslateHead(string prefix)
    {
        const string Base = "model.";
        string outer = prefix.EndsWith(Base, StringComparison.Ordinal) ? prefix[..^Base.Length] : prefix;
        Tensor? head = Take(outer + "lm_head.weight") ?? Take("lm_head.weight");
        if (head is not null && config.OptionalFlag("tie_word_embeddings") != true)
            _result.Add(head with { Name = TensorNames.Weight(TensorNames.Output) });
    }

    private Tensor? Take(string name)
    {
        Tensor? tensor = source.Find(name);
        if (tensor is not null) _used.Add(name);
        return tensor;
    }

    // Other parts of a model of several media lie outside of the prefix.
    private void CheckAllUsed(string prefix)
    {
        string layers = prefix + architecture.Layers + ".";
        Tensor? unknown = source.Tensors.FirstOrDefault(tensor => tensor.Name.StartsWith(layers, StringComparison.Ordinal)
            && !_used.Contains(tensor.Name) && !Array.Exists(Ignored, ending => tensor.Name.EndsWith(ending, StringComparison.Ordinal)));
        if (unknown is not null)
        {
            throw new InvalidDataException(
                $"{source.Path}: tensor '{unknown.Name}' is not one of a '{architecture.ModelType}' model; "
                + "leaving it out would change what the model computes.");
        }
    }
}
