using System.Diagnostics;

namespace Takt.Clock;

/// <summary>What a host does with a request's text, in <see cref="Stopwatch"/> ticks. The host adds, the engine reads.</summary>
public sealed class TextTimes
{
    /// <summary>Rendering the chat template.</summary>
    public long TemplateTicks { get; set; }

    /// <summary>Text to token ids.</summary>
    public long TokenizeTicks { get; set; }

    /// <summary>Token ids to text, and looking for stop strings in it.</summary>
    public long DetokenizeTicks { get; set; }
}
