using System.CommandLine;
using Takt.Cli.Shell;
using Takt.Engine.Sampling;

namespace Takt.Cli.Options;

/// <summary>The options that say how text is generated; <c>run</c>, <c>chat</c> and <c>profile</c> share them.</summary>
internal sealed class SamplingFlags
{
    private readonly Option<int> _maxTokens;
    private readonly Option<float> _temperature;
    private readonly Option<ulong?> _seed;
    private readonly Option<int> _topK;
    private readonly Option<float> _topP;
    private readonly Option<float> _minP;
    private readonly Option<float> _typical;
    private readonly Option<float> _repeat;
    private readonly Option<float> _frequency;
    private readonly Option<float> _presence;
    private readonly Option<int> _window;
    private readonly Option<string[]> _stop;
    private readonly Option<bool> _ignoreEos;

    /// <summary>Adds the options to a command.</summary>
    public SamplingFlags(Terminal terminal, Command command, int maxTokens, float temperature = 0.8f)
    {
        var defaults = new SamplingOptions();
        _maxTokens = terminal.Number("--max-tokens", Texts.OptionMaxTokens, maxTokens, -1, int.MaxValue, "-n");
        _temperature = terminal.Number("--temperature", Texts.OptionTemperature, temperature, 0f, 100f);
        _seed = terminal.OptionalNumber("--seed", Texts.OptionSeed, 0UL, ulong.MaxValue);
        _topK = terminal.Number("--top-k", Texts.OptionTopK, defaults.TopK, 0, int.MaxValue);
        _topP = terminal.Number("--top-p", Texts.OptionTopP, defaults.TopP, 1e-6f, 1f);
        _minP = terminal.Number("--min-p", Texts.OptionMinP, defaults.MinP, 0f, 1f);
        _typical = terminal.Number("--typical", Texts.OptionTypical, defaults.TypicalP, 1e-6f, 1f);
        _repeat = terminal.Number("--repeat-penalty", Texts.OptionRepeatPenalty, defaults.RepetitionPenalty, 1e-3f, 100f);
        _frequency = terminal.Number("--frequency-penalty", Texts.OptionFrequencyPenalty, defaults.FrequencyPenalty, -100f, 100f);
        _presence = terminal.Number("--presence-penalty", Texts.OptionPresencePenalty, defaults.PresencePenalty, -100f, 100f);
        _window = terminal.Number("--penalty-window", Texts.OptionPenaltyWindow, defaults.PenaltyWindow, 0, int.MaxValue);
        _stop = new Option<string[]>("--stop") { Description = terminal.Say(Texts.OptionStop), HelpName = "TEXT", AllowMultipleArgumentsPerToken = false };
        _ignoreEos = terminal.Flag("--ignore-eos", Texts.RunIgnoreEos);
        foreach (Option option in (Option[])[_maxTokens, _temperature, _seed, _topK, _topP, _minP, _typical, _repeat, _frequency, _presence, _window, _stop, _ignoreEos])
            command.Add(option);
    }

    /// <summary>What was given.</summary>
    public GenerationOptions Read(ParseResult parse)
    {
        int maxTokens = parse.GetValue(_maxTokens);
        return new GenerationOptions
        {
            MaxTokens = maxTokens < 0 ? null : maxTokens,
            StopStrings = [.. (parse.GetValue(_stop) ?? []).Where(s => s.Length > 0)],
            IgnoreStopTokens = parse.GetValue(_ignoreEos),
            Sampling = new SamplingOptions
            {
                Temperature = parse.GetValue(_temperature),
                Seed = parse.GetValue(_seed),
                TopK = parse.GetValue(_topK),
                TopP = parse.GetValue(_topP),
                MinP = parse.GetValue(_minP),
                TypicalP = parse.GetValue(_typical),
                RepetitionPenalty = parse.GetValue(_repeat),
                FrequencyPenalty = parse.GetValue(_frequency),
                PresencePenalty = parse.GetValue(_presence),
                PenaltyWindow = parse.GetValue(_window),
            },
        };
    }
}
