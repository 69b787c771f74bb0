using Takt.Formats;

namespace Takt.Models.Architectures;

/// <summary>How queries and keys are normalised before rotation.</summary>
internal enum QueryKeyNorm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each head by itself, all with the same weights.</summary>
    PerHead,

    /// <summary>All heads of a token together.</summary>
    WholeWidth,
}

/// <summary>What is known of a decoder architecture under its GGUF name: how its configuration is read and which tensors it has.</summary>
public sealed class DecoderArchitecture
{
    private static readonly Dictionary<string, DecoderArchitecture> Table = new DecoderArchitecture[]
    {
        new("llama", Llama.Read),
        new("qwen2", Qwen.ReadQwen2),
        new("qwen3", Qwen.ReadQwen3) { QueryKeyNorm = QueryKeyNorm.PerHead },
        new("qwen3moe", Qwen.ReadQwen3Moe) { QueryKeyNorm = QueryKeyNorm.PerHead },
        new("gemma2", Gemma.ReadGemma2) { Norms = NormNames.Both },
        new("gemma3", Gemma.ReadGemma3) { Norms = NormNames.Both, QueryKeyNorm = QueryKeyNorm.PerHead },
        new("phi3", Phi3.Read) { FusedGateUp = true },
        new("gpt2", Gpt2.Read) { HasGate = false, LearnedPositions = true },
        new("smollm3", SmolLm3.Read),
        new("olmo2", Olmo2.Read) { Norms = NormNames.Post, QueryKeyNorm = QueryKeyNorm.WholeWidth },
        new("granite", Granite.Read),
        new("glm4", Glm4.Read) { Norms = NormNames.Both, FusedGateUp = true },
        new("gpt-oss", GptOss.Read) { Norms = NormNames.GptOss, Sinks = true },
    }.ToDictionary(static architecture => architecture.Name, StringComparer.Ordinal);

    private readonly Func<MetadataReader, ModelConfig> _read;

    private DecoderArchitecture(string name, Func<MetadataReader, ModelConfig> read) => (Name, _read) = (name, read);

    /// <summary>The names of all known architectures.</summary>
    public static IReadOnlyCollection<string> Known => Table.Keys;

    /// <summary>GGUF's name (<c>general.architecture</c>).</summary>
    public string Name { get; }

    internal NormNames Norms { get; private init; } = NormNames.Pre;

    internal QueryKeyNorm QueryKeyNorm { get; private init; }

    /// <summary>Whether the feed-forward multiplies by a gate.</summary>
    internal bool HasGate { get; private init; } = true;

    /// <summary>Whether <c>ffn_up</c> holds the gate's rows and then its own.</summary>
    internal bool FusedGateUp { get; private init; }

    /// <summary>Whether positions are embeddings.</summary>
    internal bool LearnedPositions { get; private init; }

    /// <summary>Whether attention has a learned sink per head.</summary>
    internal bool Sinks { get; private init; }

    /// <summary>Finds the architecture of a model.</summary>
    /// <exception cref="InvalidDataException">The model names none, or one that is not known.</exception>
    public static DecoderArchitecture Of(ModelFile file) => file.Metadata.GetValueOrDefault("general.architecture") switch
    {
        string name when Table.TryGetValue(name, out DecoderArchitecture? architecture) => architecture,
        string name => throw new InvalidDataException(
            $"{file.Path}: the architecture '{name}' is not a known decoder; known are {string.Join(", ", Known)}."),
        null => throw new InvalidDataException(
            $"{file.Path}: metadata 'general.architecture' is missing; this is not a model, or it is damaged."),
        object other => throw new InvalidDataException(
            $"{file.Path}: metadata 'general.architecture' is a {other.GetType().Name}; expected a string."),
    };

    /// <summary>Reads the model's shape from its metadata (and which layers have experts from its tensors).</summary>
    /// <exception cref="InvalidDataException">A key is missing or its value is impossible; the message says which, and what was expected.</exception>
    public ModelConfig ReadConfig(ModelFile file) => _read(new MetadataReader(file, Name));

    /// <summary>Finds the model's tensors and checks their shapes.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has a shape that does not fit the configuration.</exception>
    public DecoderTensors FindTensors(ModelFile file, ModelConfig config) => new TensorFinder(file, this, config).Find();
}
