using Takt.Formats;
using Takt.Models;
using Takt.Models.Architectures;

namespace Takt.Compare;

/// <summary>Bytes that generating one token has to read: weights as the file stores them, and keys and values.</summary>
internal static class ModelBytes
{
    /// <summary>Bytes a token, of a generation of <paramref name="generated"/> tokens that begins at <paramref name="depth"/>.</summary>
    public static double PerToken(string model, int depth, int generated)
    {
        using ModelSource source = ModelSource.Open(model);
        ModelConfig config = DecoderArchitecture.Of(source.File).ReadConfig(source.File);
        // Of a table of embeddings one row is read, unless it is the output matrix too.
        bool ownOutput = source.File.Find("output.weight") is not null;
        double weights = source.File.Tensors.Where(tensor => !ownOutput || tensor.Name != "token_embd.weight").Sum(tensor => Read(tensor, config));
        double keysAndValues = KvCache.BlockBytes(config, KvCache.DefaultType(source.File)) / (double)KvCache.BlockTokens;
        return weights + keysAndValues * (depth + (generated + 1) / 2.0);
    }

    private static double Read(Tensor tensor, ModelConfig config) =>
        tensor.Name.Contains("_exps.", StringComparison.Ordinal) ? tensor.ByteLength * (double)config.ExpertsUsed / config.Experts : tensor.ByteLength;
}
