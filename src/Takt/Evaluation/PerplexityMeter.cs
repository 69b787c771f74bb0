using Takt.Engine;
using Takt.Engine.Sequences;

namespace Takt.Evaluation;

/// <summary>
/// Measures perplexity over windows of a text: each window is read from an empty context, and the tokens of its second half are
/// scored, so that every scored token has at least half a window before it.
/// </summary>
/// <remarks>
/// As in llama.cpp's tool the first token of a window is replaced by BOS where the tokenizer adds one, and a last window that is not
/// full is left out; a text shorter than one window is one window.
/// </remarks>
public sealed class PerplexityMeter
{
    private readonly TaktModel _model;
    private readonly TaktModel? _reference;
    private readonly List<float> _divergences = [];
    private readonly Dictionary<int, float[]> _waiting = [];
    private readonly Stack<float[]> _spare = new();
    private double _negativeLogs;
    private long _tokens;
    private long _agreements;

    /// <summary>Prepares a measurement.</summary>
    /// <param name="model">The model to measure.</param>
    /// <param name="reference">The model to compare with, or null.</param>
    /// <exception cref="InvalidDataException">The vocabularies differ.</exception>
    public PerplexityMeter(TaktModel model, TaktModel? reference = null)
    {
        if (reference is not null && reference.Config.VocabularySize != model.Config.VocabularySize)
        {
            throw new InvalidDataException(
                $"the vocabularies have {model.Config.VocabularySize} and {reference.Config.VocabularySize} tokens; "
                + "only models of one vocabulary can be compared.");
        }

        (_model, _reference) = (model, reference);
    }

    /// <summary>Perplexity so far; NaN before the first token.</summary>
    public double Perplexity => Math.Exp(_negativeLogs / _tokens);

    /// <summary>Scores a whole text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="window">Tokens in a window, 2 or more and at most the models' context.</param>
    /// <param name="progress">Called after each window with its number, from 1, and the number of windows.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    /// <exception cref="InvalidDataException">The text has fewer than two tokens.</exception>
    public PerplexityResult Measure(string text, int window, Action<int, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        int[] ids = _model.EncodePrompt(text, parseSpecial: false);
        int own = _model.BosToken is null ? ids.Length : ids.Length - 1;
        if (own < 2) throw new InvalidDataException($"perplexity needs a text of at least 2 tokens; this one has {own}.");
        window = Math.Min(window, ids.Length);
        int windows = ids.Length / window;
        for (int i = 0; i < windows; i++)
        {
            int[] part = ids[(i * window)..((i + 1) * window)];
            if (_model.BosToken is { } bos) part[0] = bos;
            MeasureWindow(part, cancellation);
            progress?.Invoke(i + 1, windows);
        }

        return Result();
    }

    private PerplexityResult Result()
    {
        if (_reference is null) return new PerplexityResult(Perplexity, _tokens, null, null, null);
        float[] sorted = [.. _divergences.Order()];
        int p99 = (int)Math.Ceiling(0.99 * sorted.Length) - 1;
        return new PerplexityResult(Perplexity, _tokens, sorted.Average(x => (double)x), sorted[p99], (double)_agreements / _tokens);
    }

    // Both models advance cycle by cycle, so that few of the reference's rows wait for their partner.
    private void MeasureWindow(int[] ids, CancellationToken cancellation)
    {
        Sequence? other = _reference?.Engine.Submit(ScoredWindow.Request(ids, (position, logits) => _waiting[position] = Copy(logits)));
        Sequence own = _model.Engine.Submit(ScoredWindow.Request(ids, (position, logits) => Score(ids, position, logits, other)));
        while (own.StopReason is null)
        {
            if (cancellation.IsCancellationRequested)
            {
                own.Cancel();
                other?.Cancel();
            }

            Advance(_reference, other);
            Advance(_model, own);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private static void Advance(TaktModel? model, Sequence? sequence)
    {
        if (sequence is not { StopReason: null }) return;
        model!.Engine.Step();
        sequence.ThrowIfFailed();
    }

    private void Score(int[] ids, int position, ReadOnlySpan<float> logits, Sequence? other)
    {
        double logSum = Logits.LogSumExp(logits);
        _negativeLogs += logSum - logits[ids[position + 1]];
        _tokens++;
        if (other is null) return;
        // The models may take prompts in chunks of different size.
        while (!_waiting.ContainsKey(position)) Advance(_reference, other);
        _waiting.Remove(position, out float[]? row);
        _divergences.Add((float)Logits.Divergence(row!, logits, logSum));
        if (Logits.Best(row!) == Logits.Best(logits)) _agreements++;
        _spare.Push(row!);
    }

    private float[] Copy(ReadOnlySpan<float> logits)
    {
        if (!_spare.TryPop(out float[]? row)) row = new float[logits.Length];
        logits.CopyTo(row);
        return row;
    }
}
