using System.Collections.Concurrent;
using Takt.Clock;
using Takt.Engine.Cache;

namespace Takt.Engine.Sequences;

/// <summary>Sequences from submission to their end: submitted (any thread), waiting, running (the engine's thread).</summary>
internal sealed class SequenceQueue(BlockPool pool, int maxRunning, Ledger ledger)
{
    private readonly ConcurrentQueue<Sequence> _submitted = new();
    private readonly List<Sequence> _waiting = [];
    private readonly List<Sequence> _running = [];

    /// <summary>Sequences in the batch, in the order of submission.</summary>
    public IReadOnlyList<Sequence> Running => _running;

    /// <summary>Whether no sequence is left.</summary>
    public bool IsEmpty => _running.Count == 0 && _waiting.Count == 0 && _submitted.IsEmpty;

    /// <summary>Puts a sequence in the line; safe from any thread.</summary>
    public void Submit(Sequence sequence) => _submitted.Enqueue(sequence);

    /// <summary>Drops cancelled sequences and lets waiting ones take the free places, in the order of submission.</summary>
    /// <remarks>A sequence starts with all the blocks it may need, so no other one can stop it on its way.</remarks>
    public void Admit()
    {
        while (_submitted.TryDequeue(out Sequence? sequence)) _waiting.Add(sequence);
        RetireCancelled(_running);
        RetireCancelled(_waiting);
        while (_running.Count < maxRunning && _waiting.Count > 0 && pool.TryReserve(_waiting[0].Blocks, _waiting[0].MostStored))
        {
            _waiting[0].Admit();
            _running.Add(_waiting[0]);
            _waiting.RemoveAt(0);
        }
    }

    /// <summary>Ends a sequence and frees its blocks.</summary>
    public void Retire(Sequence sequence, StopReason reason, Exception? error = null)
    {
        if (!_running.Remove(sequence)) _waiting.Remove(sequence);
        pool.Release(sequence.Blocks);
        sequence.Stop(reason, error, ledger);
    }

    /// <summary>Ends every running sequence.</summary>
    public void RetireRunning(StopReason reason, Exception? error = null)
    {
        while (_running.Count > 0) Retire(_running[^1], reason, error);
    }

    /// <summary>Cancels everything.</summary>
    public void RetireAll()
    {
        while (_submitted.TryDequeue(out Sequence? sequence)) _waiting.Add(sequence);
        RetireRunning(StopReason.Cancelled);
        while (_waiting.Count > 0) Retire(_waiting[^1], StopReason.Cancelled);
    }

    private void RetireCancelled(List<Sequence> sequences)
    {
        for (int i = sequences.Count - 1; i >= 0; i--)
        {
            if (sequences[i].IsCancelled) Retire(sequences[i], StopReason.Cancelled);
        }
    }
}
