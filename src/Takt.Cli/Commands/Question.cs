using System.Globalization;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Models.Quantization;
using Takt.WhatIf;

namespace Takt.Cli.Commands;

/// <summary>A question of <c>takt whatif</c>: settings that differ from the present state, such as <c>quant=q4_0,threads=1</c>.</summary>
/// <param name="Text">As it was asked.</param>
/// <param name="Scenario">The state that it asks about.</param>
/// <param name="AsksForTtft">Whether it is about the time to the first token: it names a prompt.</param>
internal sealed record Question(string Text, Scenario Scenario, bool AsksForTtft)
{
    private static readonly string[] _kvTypes = ["f32", "f16", "bf16", "q8_0"];

    /// <summary>Reads a question.</summary>
    /// <exception cref="CliException">A setting is unknown or its value is none.</exception>
    public static Question Parse(string text, Scenario present)
    {
        Scenario scenario = present;
        bool prompt = false;
        foreach (string setting in text.Split(','))
        {
            string[] parts = setting.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 } name, { Length: > 0 } value]) throw CliException.Usage(Texts.WhatIfNoSetting, setting, text);
            scenario = name switch
            {
                "quant" => scenario with { Quant = OneOf(name, value, [.. QuantizationTarget.Names]) },
                "file" => scenario with { Path = ModelArgument.Existing(value), Quant = null },
                "kv" => scenario with { KvType = ModelFlags.KvTypeOf(OneOf(name, value, _kvTypes))!.Value },
                "threads" => scenario with { Threads = Whole(name, value, 1024) },
                "batch" => scenario with { Batch = Whole(name, value, 1 << 12) },
                "context" => scenario with { Context = Whole(name, value, 1 << 24) },
                "prompt" => scenario with { Prompt = Whole(name, value, 1 << 24) },
                "bandwidth" => scenario with { Bandwidth = Rate(name, value, "B/s") },
                "flops" => scenario with { Flops = Rate(name, value, "FLOPS") },
                _ => throw CliException.Usage(Texts.WhatIfUnknown, name, "quant, file, kv, threads, batch, context, prompt, bandwidth, flops"),
            };
            prompt |= name == "prompt";
        }

        return new Question(text, scenario, prompt);
    }

    private static string OneOf(string name, string value, string[] known)
    {
        string lower = value.ToLowerInvariant();
        return known.Contains(lower) ? lower : throw CliException.Usage(Texts.WhatIfNotAmong, name, value, string.Join(", ", known));
    }

    private static int Whole(string name, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw CliException.Usage(Texts.WhatIfNotWhole, name, value, most);

    // 60GB/s, 60G and 6e10 are the same.
    private static double Rate(string name, string value, string unit)
    {
        string number = value.EndsWith(unit, StringComparison.OrdinalIgnoreCase) ? value[..^unit.Length] : value;
        double factor = number.Length == 0 ? 1 : char.ToUpperInvariant(number[^1]) switch
        {
            'K' => 1e3,
            'M' => 1e6,
            'G' => 1e9,
            'T' => 1e12,
            _ => 1,
        };
        if (factor > 1) number = number[..^1];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate > 0 && double.IsFinite(rate * factor)
            ? rate * factor
            : throw CliException.Usage(Texts.WhatIfNoRate, name, value, unit);
    }
}
