using System.Collections;
using System.Diagnostics;
using System.Text;
using Takt.Clock;
using Takt.Engine;
using Takt.Engine.Sequences;
using Takt.Text;

namespace Takt;

/// <summary>
/// A text while it is generated: enumerating it runs the model and yields the text piece by piece, each of whole characters.
/// </summary>
/// <remarks>What was enumerated once does not come again; <see cref="Text"/> has all of it. Leaving the loop early cancels the rest.</remarks>
public sealed class Generation : IEnumerable<string>
{
    private readonly InferenceEngine _engine;
    private readonly Sequence _sequence;
    private readonly CancellationToken _cancellation;
    private readonly TextStream _stream;
    private readonly StopStringFilter _stops;
    private readonly TextTimes _times;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _pending = new();

    internal Generation(TaktModel model, Request request, bool continues, GenerationOptions options, CancellationToken cancellation)
    {
        _engine = model.Engine;
        _cancellation = cancellation;
        _stream = new TextStream(model.Tokenizer, continues);
        _stops = new StopStringFilter(options.StopStrings);
        _times = request.Text!;
        _sequence = _engine.Submit(request with { OnToken = Receive });
    }

    /// <summary>Everything generated so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Token ids generated so far.</summary>
    public IReadOnlyList<int> Ids => _sequence.Generated.ToArray();

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => _sequence.PromptTokens;

    /// <summary>Tokens generated so far.</summary>
    public int Tokens => _sequence.Generated.Length;

    /// <summary>Cycles so far.</summary>
    public int Cycles => _sequence.Cycles;

    /// <summary>From the request to the first token; null before it.</summary>
    public TimeSpan? TimeToFirstToken => _sequence.TimeToFirstToken;

    /// <summary>Tokens a second after the first one; 0 where there are fewer than two.</summary>
    public double TokensPerSecond => _sequence is { Duration: { } all, TimeToFirstToken: { } first } && Tokens > 1 && all > first
        ? (Tokens - 1) / (all - first).TotalSeconds
        : 0;

    /// <summary>Where its time went; null while it runs.</summary>
    public RequestRecord? Record => _sequence.Record;

    /// <summary>Why it ended; null while it runs.</summary>
    public FinishReason? FinishReason { get; private set; }

    /// <summary>Generates to the end and returns the text.</summary>
    public string ToEnd()
    {
        foreach (string _ in this)
        {
        }

        return Text;
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        try
        {
            while (FinishReason is null)
            {
                if (_cancellation.IsCancellationRequested) _sequence.Cancel();
                _engine.Step();
                if (_sequence.StopReason is { } reason) Finish(reason);
                if (_pending.Length == 0) continue;
                string piece = _pending.ToString();
                _pending.Clear();
                _text.Append(piece);
                yield return piece;
            }
        }
        finally
        {
            if (FinishReason is null) Abandon();
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Receive(int token)
    {
        long start = Stopwatch.GetTimestamp();
        _pending.Append(_stops.Push(_stream.Add(token)));
        _times.DetokenizeTicks += Stopwatch.GetTimestamp() - start;
        return !_stops.Stopped;
    }

    private void Finish(StopReason reason)
    {
        _sequence.ThrowIfFailed();
        if (!_stops.Stopped) _pending.Append(_stops.Push(_stream.Flush())).Append(_stops.Flush());
        FinishReason = reason switch
        {
            StopReason.StopToken => Takt.FinishReason.StopToken,
            StopReason.MaxTokens => Takt.FinishReason.MaxTokens,
            StopReason.ContextFull => Takt.FinishReason.ContextFull,
            StopReason.Host => Takt.FinishReason.StopString,
            _ => Takt.FinishReason.Cancelled,
        };
    }

    private void Abandon()
    {
        _sequence.Cancel();
        while (_sequence.StopReason is null) _engine.Step();
        FinishReason = Takt.FinishReason.Cancelled;
    }
}
