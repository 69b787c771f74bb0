using System.Diagnostics;

namespace Takt.Clock;

/// <summary>
/// A request that has ended: where its time went. Times are <see cref="Stopwatch"/> ticks. From <see cref="BeganTicks"/> to
/// <see cref="EndedTicks"/> it is text, queue, prefill and generation, one after the other.
/// </summary>
public sealed record RequestRecord
{
    /// <summary>Requests before it in its engine.</summary>
    public required long Number { get; init; }

    /// <summary>When its host began with it.</summary>
    public long BeganTicks => SubmittedTicks - TemplateTicks - TokenizeTicks;

    /// <summary>When it was put in the line.</summary>
    public required long SubmittedTicks { get; init; }

    /// <summary>When it left the line; null where it never did.</summary>
    public required long? AdmittedTicks { get; init; }

    /// <summary>When its first token was there; null where there was none.</summary>
    public required long? FirstTokenTicks { get; init; }

    /// <summary>When it ended.</summary>
    public required long EndedTicks { get; init; }

    /// <summary>How long its host rendered the chat template.</summary>
    public required long TemplateTicks { get; init; }

    /// <summary>How long its host turned text into token ids.</summary>
    public required long TokenizeTicks { get; init; }

    /// <summary>How long its host turned token ids into text and looked for stop strings; a part of generation.</summary>
    public required long DetokenizeTicks { get; init; }

    /// <summary>How long cycles ran with it, their other sequences' work included; the rest after admission is between cycles, the host's.</summary>
    public required long CycleTicks { get; init; }

    /// <summary>The first cycle it took part in, by <see cref="CycleRecord.Number"/>; null for none.</summary>
    public required long? FirstCycle { get; init; }

    /// <summary>The last one.</summary>
    public required long? LastCycle { get; init; }

    /// <summary>How many.</summary>
    public required int Cycles { get; init; }

    /// <summary>Tokens of its prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens it generated.</summary>
    public required int GeneratedTokens { get; init; }

    /// <summary>Why it ended, snake_case, such as <c>max_tokens</c>.</summary>
    public required string StopReason { get; init; }

    /// <summary>The host's span when it was submitted, for traces; the default where there was none.</summary>
    public ActivityContext Parent { get; init; }

    /// <summary>Time in the line.</summary>
    public long QueueTicks => (AdmittedTicks ?? EndedTicks) - SubmittedTicks;

    /// <summary>From admission to the first token, or to the end where none came.</summary>
    public long PrefillTicks => AdmittedTicks is { } admitted ? (FirstTokenTicks ?? EndedTicks) - admitted : 0;

    /// <summary>From the first token to the end.</summary>
    public long GenerationTicks => FirstTokenTicks is { } first ? EndedTicks - first : 0;

    /// <summary>What it consists of, in order: together <see cref="TotalTicks"/>.</summary>
    public IReadOnlyList<(string Name, long Ticks)> Parts =>
    [
        ("template", TemplateTicks), ("tokenize", TokenizeTicks), ("queue", QueueTicks), ("prefill", PrefillTicks), ("generation", GenerationTicks),
    ];

    /// <summary>From its host's beginning to the end.</summary>
    public long TotalTicks => EndedTicks - BeganTicks;
}
