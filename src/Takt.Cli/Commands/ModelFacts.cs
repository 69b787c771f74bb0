using Takt.Compute.Memory;
using Takt.Formats;
using Takt.Models;
using Takt.Models.Architectures;
using Takt.Models.Packing;

namespace Takt.Cli.Commands;

/// <summary>What can be said of a model before it is loaded.</summary>
internal sealed class ModelFacts
{
    /// <summary>Gathers the facts.</summary>
    /// <param name="file">The model.</param>
    /// <param name="context">Tokens of context for the memory need, or null for the model's own.</param>
    /// <param name="kv">How keys and values are stored; null for what fits the model.</param>
    public ModelFacts(ModelFile file, int? context, KvType? kv) : this(file)
    {
        try
        {
            Config = DecoderArchitecture.Of(file).ReadConfig(file);
        }
        catch (InvalidDataException problem)
        {
            Problem = problem.Message;
            return;
        }

        Context = context ?? Config.ContextLength;
        long blocks = (Context + KvCache.BlockTokens - 1L) / KvCache.BlockTokens;
        KvBytes = blocks * KvCache.BlockBytes(Config, kv ?? KvCache.DefaultType(file));
        Kept = PackCache.OfUser.Find(file);
    }

    /// <summary>Gathers the facts of a model that is not viewed as GGUF, because of <paramref name="problem"/>.</summary>
    public ModelFacts(ModelFile file, string problem) : this(file) => Problem = problem;

    private ModelFacts(ModelFile file)
    {
        File = file;
        Parameters = file.Tensors.Sum(t => t.Count);
        WeightBytes = file.Tensors.Sum(t => t.ByteLength);
        Types =
        [
            .. file.Tensors.GroupBy(t => t.Type)
                .Select(same => new TypeSum(same.Key, same.Count(), same.Sum(t => t.ByteLength)))
                .OrderByDescending(sum => sum.Bytes),
        ];
    }

    /// <summary>Tensors of one type.</summary>
    public readonly record struct TypeSum(TensorType Type, int Tensors, long Bytes);

    /// <summary>The model.</summary>
    public ModelFile File { get; }

    /// <summary>Its shape, or null where it is no known decoder.</summary>
    public ModelConfig? Config { get; }

    /// <summary>Why there is no shape.</summary>
    public string? Problem { get; }

    /// <summary>GGUF's name of the architecture, or Hugging Face's for a folder that is not viewed as GGUF.</summary>
    public string? Architecture => Metadata<string>("general.architecture") ?? Metadata<string>("model_type");

    /// <summary>The model's name.</summary>
    public string? Name => Metadata<string>("general.name") ?? Metadata<string>("_name_or_path");

    /// <summary>Values in all tensors.</summary>
    public long Parameters { get; }

    /// <summary>Bytes of all tensors.</summary>
    public long WeightBytes { get; }

    /// <summary>Bits that a value takes on average.</summary>
    public double BitsPerWeight => Parameters == 0 ? 0 : WeightBytes * 8.0 / Parameters;

    /// <summary>Tensors by type, most bytes first.</summary>
    public IReadOnlyList<TypeSum> Types { get; }

    /// <summary>Tokens of context that the memory need is for.</summary>
    public int Context { get; }

    /// <summary>Bytes of the KV cache for <see cref="Context"/>.</summary>
    public long KvBytes { get; }

    /// <summary>What a cache has kept of its packed weights, or null.</summary>
    public PackCache.Entry? Kept { get; }

    /// <summary>Whether the model brings a chat template.</summary>
    public bool HasTemplate => Metadata<string>("tokenizer.chat_template") is not null;

    private T? Metadata<T>(string key) where T : class => File.Metadata.GetValueOrDefault(key) as T;
}
