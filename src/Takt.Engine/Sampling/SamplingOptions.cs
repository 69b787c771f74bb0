namespace Takt.Engine.Sampling;

/// <summary>How a token is chosen from logits. Steps run in the order of the members; one whose value says off does nothing.</summary>
/// <remarks>The order is llama.cpp's default chain. Filters keep at least one token.</remarks>
public sealed record SamplingOptions
{
    /// <summary>Always the most likely token; of equal ones the lower id.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Added to the logits of tokens, by id; negative infinity bans a token.</summary>
    public IReadOnlyList<KeyValuePair<int, float>> LogitBias { get; init; } = [];

    /// <summary>How many of the last tokens, prompt included, the three penalties look at; 0: none.</summary>
    public int PenaltyWindow { get; init; } = 64;

    /// <summary>Divides positive and multiplies negative logits of tokens in the window (Keskar et al., 2019); above 0, 1 is off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a logit for every occurrence in the window; 0 is off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Taken from a logit once when the token is in the window; 0 is off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Keeps the k most likely tokens (Fan et al., 2018); 0 is off.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>Keeps the tokens whose surprise is nearest the entropy, until they sum to this probability (Meister et al., 2023); 1 is off.</summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Keeps the most likely tokens until they sum to this probability (Holtzman et al., 2020); 1 is off.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Keeps tokens at least this share as likely as the best one (Nguyen et al., 2024); 0 is off.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>Divides the logits that are left; 0 takes the most likely token and needs no filter.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Same seed, same logits: the same tokens, on any machine. Null: a random one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Refuses values out of range.</summary>
    /// <exception cref="ArgumentException">Says which value, what it is and what it must be.</exception>
    public void Check(int vocabularySize)
    {
        Require(Temperature >= 0 && float.IsFinite(Temperature), "temperature", "0 or more", Temperature);
        Require(TopK >= 0, "top-k", "0 (off) or more", TopK);
        Require(TopP is >= 0 and <= 1, "top-p", "0 to 1 (off)", TopP);
        Require(MinP is >= 0 and <= 1, "min-p", "0 (off) to 1", MinP);
        Require(TypicalP is >= 0 and <= 1, "typical-p", "0 to 1 (off)", TypicalP);
        Require(RepetitionPenalty > 0 && float.IsFinite(RepetitionPenalty), "repetition penalty", "above 0 (1 is off)", RepetitionPenalty);
        Require(float.IsFinite(FrequencyPenalty), "frequency penalty", "a finite number (0 is off)", FrequencyPenalty);
        Require(float.IsFinite(PresencePenalty), "presence penalty", "a finite number (0 is off)", PresencePenalty);
        Require(PenaltyWindow >= 0, "penalty window", "0 (none) or more tokens", PenaltyWindow);
        foreach ((int token, float bias) in LogitBias)
        {
            if (token < 0 || token >= vocabularySize)
                throw new ArgumentException($"logit bias names token {token}, but this model's ids go from 0 to {vocabularySize - 1}");
            Require(bias < float.PositiveInfinity, $"logit bias of token {token}", "a number or negative infinity", bias);
        }
    }

    private static void Require(bool holds, string name, string range, float value)
    {
        if (!holds) throw new ArgumentException($"{name} must be {range}, but is {value}");
    }
}
