using System.Globalization;
using Takt.Engine.Sampling;

namespace Takt.Cli.Chat;

/// <summary>What <c>/set</c> shows and changes.</summary>
internal sealed class ChatSettings(ChatSession session, GenerationOptions options)
{
    private delegate bool Change(string value);

    /// <summary>How answers are generated.</summary>
    public GenerationOptions Options { get; private set; } = options;

    private SamplingOptions Sampling
    {
        get => Options.Sampling;
        set => Options = Options with { Sampling = value };
    }

    private (string Name, Func<string> Show, Change Change)[] All =>
    [
        ("system", () => session.System ?? "", value => { session.System = value; return true; }),
        ("max-tokens", () => Show(Options.MaxTokens ?? -1), value => Whole(value, -1, n => Options = Options with { MaxTokens = n < 0 ? null : n })),
        ("temperature", () => Show(Sampling.Temperature), value => Real(value, 0, 100, x => Sampling = Sampling with { Temperature = x })),
        ("seed", () => Sampling.Seed?.ToString(CultureInfo.InvariantCulture) ?? "", SetSeed),
        ("top-k", () => Show(Sampling.TopK), value => Whole(value, 0, n => Sampling = Sampling with { TopK = n })),
        ("top-p", () => Show(Sampling.TopP), value => Real(value, 1e-6f, 1, x => Sampling = Sampling with { TopP = x })),
        ("min-p", () => Show(Sampling.MinP), value => Real(value, 0, 1, x => Sampling = Sampling with { MinP = x })),
        ("typical", () => Show(Sampling.TypicalP), value => Real(value, 1e-6f, 1, x => Sampling = Sampling with { TypicalP = x })),
        ("repeat-penalty", () => Show(Sampling.RepetitionPenalty),
            value => Real(value, 1e-3f, 100, x => Sampling = Sampling with { RepetitionPenalty = x })),
        ("frequency-penalty", () => Show(Sampling.FrequencyPenalty),
            value => Real(value, -100, 100, x => Sampling = Sampling with { FrequencyPenalty = x })),
        ("presence-penalty", () => Show(Sampling.PresencePenalty),
            value => Real(value, -100, 100, x => Sampling = Sampling with { PresencePenalty = x })),
        ("penalty-window", () => Show(Sampling.PenaltyWindow), value => Whole(value, 0, n => Sampling = Sampling with { PenaltyWindow = n })),
    ];

    /// <summary>Names of all settings.</summary>
    public IEnumerable<string> Names => All.Select(s => s.Name);

    /// <summary>Names and values of all settings.</summary>
    public IEnumerable<(string Name, string Value)> Values => All.Select(s => (s.Name, s.Show()));

    /// <summary>Changes a setting; false where the value does not fit, null where there is no such setting.</summary>
    public bool? Set(string name, string value)
    {
        foreach ((string known, _, Change change) in All)
        {
            if (known == name) return change(value);
        }

        return null;
    }

    private bool SetSeed(string value)
    {
        bool random = value.Length == 0;
        if (!ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) && !random) return false;
        Sampling = Sampling with { Seed = random ? null : seed };
        return true;
    }

    private static bool Whole(string value, int min, Action<int> set)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || number < min) return false;
        set(number);
        return true;
    }

    private static bool Real(string value, float min, float max, Action<float> set)
    {
        if (!float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)) return false;
        // NaN is in no range.
        if (!(number >= min && number <= max)) return false;
        set(number);
        return true;
    }

    private static string Show(float value) => value.ToString(CultureInfo.InvariantCulture);
}
