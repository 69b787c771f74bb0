namespace Takt.Engine.Sequences;

/// <summary>Why a sequence ended.</summary>
public enum StopReason
{
    /// <summary>The model produced one of <see cref="Request.StopTokens"/>.</summary>
    StopToken,

    /// <summary><see cref="Request.MaxTokens"/> tokens were generated.</summary>
    MaxTokens,

    /// <summary>The model's context or the KV cache has no room for a further token.</summary>
    ContextFull,

    /// <summary><see cref="Request.OnToken"/> returned false.</summary>
    Host,

    /// <summary><see cref="Sequence.Cancel"/> was called, or the engine was disposed.</summary>
    Cancelled,

    /// <summary>The model, the sampler or a callback failed: <see cref="Sequence.Error"/>.</summary>
    Failed,
}
