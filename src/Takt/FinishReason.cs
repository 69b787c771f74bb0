namespace Takt;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended its text.</summary>
    StopToken,

    /// <summary>One of <see cref="GenerationOptions.StopStrings"/> came.</summary>
    StopString,

    /// <summary><see cref="GenerationOptions.MaxTokens"/> tokens were generated.</summary>
    MaxTokens,

    /// <summary>The context has no room for a further token.</summary>
    ContextFull,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
