using Takt.Compute.Memory;
using Takt.Engine.Sampling;
using Takt.Engine.Sequences;
using Takt.Models;

namespace Takt.Engine.Tests;

/// <summary>Engines and requests as tests want them.</summary>
internal static class Requests
{
    public static InferenceEngine Make(FakeModel model, int chunk = 512, int? cache = null, int? context = null, int sequences = 1) =>
        new(model, new EngineOptions
        {
            KvType = KvType.F32,
            PrefillChunk = chunk,
            CacheTokens = cache,
            ContextLength = context,
            MaxSequences = sequences,
        });

    public static Request Ask(int promptTokens, int? tokens, Func<int, bool>? onToken = null) => new()
    {
        Prompt = Prompt(promptTokens),
        MaxTokens = tokens,
        Sampling = SamplingOptions.Greedy,
        OnToken = onToken,
    };

    public static int[] Prompt(int tokens) => [.. Enumerable.Range(0, tokens).Select(i => i * 7 % 97)];
}
