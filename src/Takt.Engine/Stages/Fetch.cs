using Takt.Clock;
using Takt.Engine.Cache;
using Takt.Engine.Sequences;

namespace Takt.Engine.Stages;

/// <summary>First stage: admits requests, chooses sequences and prompt chunks, reserves KV blocks.</summary>
internal sealed class Fetch(Ledger ledger, SequenceQueue queue, BlockPool pool, int prefillChunk, int vocabularySize)
{
    // Logits that a host reads take 64 MiB a cycle at most, so reading them all makes chunks smaller.
    private const int MostLogits = 1 << 24;

    private readonly int _admit = ledger.Register(Stage.Fetch, Moment.NoLayer, "admit");
    private readonly int _reserve = ledger.Register(Stage.Fetch, Moment.NoLayer, "reserve");
    private readonly int _mostRead = Math.Max(1, MostLogits / vocabularySize);
    private readonly List<Pick> _picked = [];

    /// <summary>Chooses what this cycle does; nothing where there is nothing to do.</summary>
    public List<Pick> Run(ref CycleProbe probe)
    {
        queue.Admit();
        probe.Edge(_admit);
        _picked.Clear();
        int room = prefillChunk;
        for (int i = 0; i < queue.Running.Count;)
        {
            Sequence sequence = queue.Running[i];
            int rows = Math.Min(sequence.Pending, Math.Min(room, Chunk(sequence)));
            if (pool.TryReserve(sequence.Blocks, sequence.Stored + rows))
            {
                if (rows > 0) _picked.Add(new Pick(sequence, sequence.Stored, rows));
                room -= rows;
                i++;
            }
            else
            {
                queue.Retire(sequence, StopReason.ContextFull);
            }
        }

        probe.Edge(_reserve);
        return _picked;
    }

    private int Chunk(Sequence sequence) => sequence.Stored >= sequence.LogitsEnd
        ? prefillChunk
        : Math.Min(prefillChunk, Math.Max(0, sequence.LogitsBegin - sequence.Stored) + _mostRead);
}
