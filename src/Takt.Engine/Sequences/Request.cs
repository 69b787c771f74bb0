using Takt.Clock;
using Takt.Engine.Sampling;

namespace Takt.Engine.Sequences;

/// <summary>Receives the logits of one position on the engine's thread.</summary>
/// <param name="position">Position in the sequence.</param>
/// <param name="logits">One value a token of the vocabulary, as the model gave them; valid during the call only.</param>
public delegate void LogitsReader(int position, ReadOnlySpan<float> logits);

/// <summary>What to generate.</summary>
public sealed record Request
{
    /// <summary>Token ids of the prompt; at least one.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Most tokens to generate; 0 only reads the prompt. Null: until something else stops it.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How a token is chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Tokens that end the sequence; they are not published.</summary>
    public IReadOnlyCollection<int> StopTokens { get; init; } = [];

    /// <summary>
    /// Receives every generated token on the engine's thread, which waits for it; false ends the sequence (a stop string was found).
    /// </summary>
    public Func<int, bool>? OnToken { get; init; }

    /// <summary>Receives logits of the prompt's <see cref="LogitPositions"/>, in order.</summary>
    public LogitsReader? OnLogits { get; init; }

    /// <summary>Where the host notes what it does with text, so that it is among the moments; null where it keeps no such times.</summary>
    public TextTimes? Text { get; init; }

    /// <summary>Which positions of the prompt <see cref="OnLogits"/> wants; the last one unless set.</summary>
    public Range LogitPositions { get; init; } = ^1..;
}
