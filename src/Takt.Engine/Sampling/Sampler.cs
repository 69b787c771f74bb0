using System.Runtime.Intrinsics;

namespace Takt.Engine.Sampling;

/// <summary>
/// Chooses a token from logits: bias, penalties, top-k, typical, top-p, min-p, temperature, then one random draw. With temperature 0
/// the best token after the penalties.
/// </summary>
/// <remarks>Holds scratch memory only, so one sampler serves all sequences; nothing is allocated per token.</remarks>
internal sealed class Sampler(int vocabularySize)
{
    private const int Block = 1024;

    private readonly Penalties _penalties = new(vocabularySize);
    private readonly ulong[] _keys = new ulong[vocabularySize + Ranking.Slack];
    private readonly float[] _weights = new float[vocabularySize + Ranking.Slack];
    private readonly double[] _blocks = new double[vocabularySize / Block + 1];

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">One value a token; changed by bias and penalties.</param>
    /// <param name="options">Checked ones.</param>
    /// <param name="tokens">The sequence so far.</param>
    /// <param name="seed">The sequence's seed.</param>
    /// <param name="draw">Tokens that the sequence drew before.</param>
    /// <exception cref="InvalidDataException">A logit is NaN or positive infinity, or none is a number.</exception>
    public int Sample(Span<float> logits, SamplingOptions options, ReadOnlySpan<int> tokens, ulong seed, int draw)
    {
        _penalties.Apply(logits, options, tokens);
        int best = LogitScan.ArgMax(logits);
        if (options.Temperature == 0) return best;

        double uniform = Philox.Uniform(seed, (ulong)draw);
        bool unfiltered = options is { TopK: 0, TypicalP: 1, TopP: 1, MinP: 0 };
        return unfiltered
            ? PickFromAll(logits, logits[best], options.Temperature, uniform)
            : PickFrom(Survivors(logits, logits[best], options), options.Temperature, uniform);
    }

    /// <summary>Keys of the tokens that the filters leave, best first.</summary>
    internal Span<ulong> Survivors(ReadOnlySpan<float> logits, float max, SamplingOptions options)
    {
        Span<ulong> keys = Candidates(logits, max, options, out double sum);
        if (options.TypicalP < 1)
        {
            keys = Typical(keys, logits, max, sum, options.TypicalP);
            sum = Ranking.Sum(keys, _weights);
        }

        if (options.TopP < 1) keys = keys[..Ranking.Prefix(keys, _weights, options.TopP * sum)];
        if (options.MinP > 0) keys = MinP(keys, options.MinP);
        keys.Sort();
        return keys;
    }

    /// <summary>
    /// Keys of the tokens that top-k leaves or, without it, of all that can survive the later filters. The sum is of the weights of
    /// everything those filters have to see.
    /// </summary>
    private Span<ulong> Candidates(ReadOnlySpan<float> logits, float max, SamplingOptions options, out double sum)
    {
        bool needsSum = options.TypicalP < 1 || options.TopP < 1;
        if (options.TopK == 0 && needsSum)
        {
            sum = WeighAll(logits, max, temperature: 1);
            return _keys.AsSpan(0, Ranking.Above(logits, Threshold(logits, max, sum, options), _keys));
        }

        int count = options.TopK > 0
            ? Ranking.Top(logits, options.TopK, _keys)
            : Ranking.Above(logits, MinPThreshold(max, options.MinP), _keys);
        Span<ulong> keys = _keys.AsSpan(0, count);
        sum = Weigh(keys, max);
        return keys;
    }

    // Some slack, since the exact bound is applied to weights.
    private static float MinPThreshold(float max, float minP) =>
        minP > 0 ? max + MathF.Log(minP) - 0.1f : float.NegativeInfinity;

    /// <summary>A logit at or below which no token can survive min-p and top-p, so that few need ranking.</summary>
    private float Threshold(ReadOnlySpan<float> logits, float max, double sum, SamplingOptions options)
    {
        if (options.TypicalP < 1) return float.NegativeInfinity;
        float minP = MinPThreshold(max, options.MinP);
        if (options.TopP == 1) return minP;
        for (float depth = 4; depth <= 64; depth *= 2)
        {
            float threshold = max - depth;
            if (threshold <= minP) return minP;
            int count = Ranking.Above(logits, threshold, _keys);
            if (Ranking.Sum(_keys.AsSpan(0, count), _weights) >= options.TopP * sum) return threshold;
        }

        return minP;
    }

    /// <summary>
    /// Keeps the tokens whose surprise -ln p is nearest the entropy, until they reach the share (Meister et al., 2023). The logarithm of
    /// the sum is in both and cancels.
    /// </summary>
    private Span<ulong> Typical(Span<ulong> keys, ReadOnlySpan<float> logits, float max, double sum, float share)
    {
        double expected = 0;
        foreach (ulong key in keys) expected += _weights[Ranking.Token(key)] * (double)(Ranking.Logit(key) - max);
        expected /= sum;
        foreach (ref ulong key in keys)
        {
            float distance = (float)Math.Abs(Ranking.Logit(key) - max - expected);
            key = Ranking.Key(-distance, Ranking.Token(key));
        }

        keys = keys[..Ranking.Prefix(keys, _weights, share * sum)];
        foreach (ref ulong key in keys) key = Ranking.Key(logits[Ranking.Token(key)], Ranking.Token(key));
        return keys;
    }

    private Span<ulong> MinP(Span<ulong> keys, float share)
    {
        float largest = 0; // typical may have dropped the best token
        foreach (ulong key in keys) largest = Math.Max(largest, _weights[Ranking.Token(key)]);
        int count = 0;
        foreach (ulong key in keys)
        {
            if (_weights[Ranking.Token(key)] >= share * largest) keys[count++] = key;
        }

        return keys[..count];
    }

    /// <summary>Draws from the survivors, the best one first.</summary>
    private int PickFrom(Span<ulong> keys, float temperature, double uniform)
    {
        float max = Ranking.Logit(keys[0]);
        double sum = 0;
        foreach (ulong key in keys)
        {
            float weight = Exponential.Of((Ranking.Logit(key) - max) / temperature);
            _weights[Ranking.Token(key)] = weight;
            sum += weight;
        }

        int last = -1;
        double rest = uniform * sum;
        foreach (ulong key in keys)
        {
            float weight = _weights[Ranking.Token(key)];
            if (weight == 0) continue;
            last = Ranking.Token(key);
            rest -= weight;
            if (rest < 0) break;
        }

        return last;
    }

    /// <summary>Draws from all tokens in the order of ids: finds the block of tokens that the draw falls into, then the token.</summary>
    private int PickFromAll(ReadOnlySpan<float> logits, float max, float temperature, double uniform)
    {
        double rest = uniform * WeighAll(logits, max, temperature);
        int block = 0;
        while (block < _blocks.Length - 1 && rest >= _blocks[block]) rest -= _blocks[block++];

        int last = -1;
        for (int token = block * Block; token < logits.Length; token++)
        {
            if (_weights[token] == 0) continue;
            last = token;
            rest -= _weights[token];
            if (rest < 0) break;
        }

        // Rounding may leave a draw beyond the last weight.
        return last >= 0 ? last : LogitScan.ArgMax(logits);
    }

    private double Weigh(ReadOnlySpan<ulong> keys, float max)
    {
        double sum = 0;
        foreach (ulong key in keys)
        {
            float weight = Exponential.Of(Ranking.Logit(key) - max);
            _weights[Ranking.Token(key)] = weight;
            sum += weight;
        }

        return sum;
    }

    /// <summary>Sets every token's weight e^((logit - max) / temperature) and sums them by blocks.</summary>
    private double WeighAll(ReadOnlySpan<float> logits, float max, float temperature)
    {
        double total = 0;
        for (int block = 0; block * Block < logits.Length; block++)
        {
            Vector256<float> sums = Vector256<float>.Zero;
            int end = Math.Min((block + 1) * Block, logits.Length);
            for (int i = block * Block; i < end; i += 8)
            {
                Vector256<float> weights = Exponential.Of((LogitScan.Load(logits, i) - Vector256.Create(max)) / temperature);
                weights.CopyTo(_weights.AsSpan(i));
                sums += weights;
            }

            double sum = 0;
            for (int lane = 0; lane < 8; lane++) sum += sums[lane];
            _blocks[block] = sum;
            total += sum;
        }

        return total;
    }
}
