using Takt.Engine.Sequences;

namespace Takt.Evaluation;

/// <summary>A window of token ids whose second half is scored: every scored token has at least half a window before it.</summary>
internal static class ScoredWindow
{
    /// <summary>The request that reads it.</summary>
    /// <param name="ids">Two or more.</param>
    /// <param name="read">Receives the positions that predict a scored token, in order: position p predicts token p + 1.</param>
    public static Request Request(IReadOnlyList<int> ids, LogitsReader read) => new()
    {
        Prompt = ids,
        MaxTokens = 0,
        LogitPositions = (ids.Count / 2 - 1)..(ids.Count - 1),
        OnLogits = read,
    };
}
