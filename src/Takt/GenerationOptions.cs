using Takt.Engine.Sampling;

namespace Takt;

/// <summary>What to generate and when to stop.</summary>
public sealed record GenerationOptions
{
    /// <summary>Most tokens to generate; null: until the model ends its text or the context is full.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How a token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end the generation; they are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Whether to go on where the model would end its text.</summary>
    public bool IgnoreStopTokens { get; init; }
}
