using Takt.Clock;
using Takt.Engine.Sequences;

namespace Takt.Engine.Stages;

/// <summary>First stage: admits requests, for which it reserves KV blocks, and chooses the rows of this cycle.</summary>
internal sealed class Fetch(Ledger ledger, SequenceQueue queue, int prefillChunk, int vocabularySize)
{
    // Logits that hosts read take 64 MiB a cycle at most, so reading them all makes chunks smaller.
    private const int MostLogits = 1 << 24;

    private readonly int _admit = ledger.Register(Stage.Fetch, Moment.NoLayer, "admit");
    private readonly int _choose = ledger.Register(Stage.Fetch, Moment.NoLayer, "choose");
    private readonly int _mostRead = Math.Max(1, MostLogits / vocabularySize);
    private readonly List<Pick> _picked = [];

    /// <summary>
    /// Chooses what this cycle does; nothing where there is nothing to do. Every sequence that generates has its row in it, whatever
    /// the prompts beside it are; prompts share what a cycle takes of them, in the order of submission.
    /// </summary>
    public List<Pick> Run(ref CycleProbe probe)
    {
        queue.Admit();
        probe.Edge(_admit);
        _picked.Clear();
        int room = prefillChunk, reads = _mostRead;
        for (int i = 0; i < queue.Running.Count; i++)
        {
            Sequence sequence = queue.Running[i];
            int rows = sequence.Generates ? 1 : TakePrompt(sequence, ref room, ref reads);
            if (rows > 0) _picked.Add(new Pick(sequence, sequence.Stored, rows));
        }

        probe.Edge(_choose);
        return _picked;
    }

    private static int TakePrompt(Sequence sequence, ref int room, ref int reads)
    {
        int first = sequence.Stored;
        int unread = Math.Max(0, sequence.LogitsBegin - first);
        int rows = Math.Min(sequence.Pending, room);
        if (first < sequence.LogitsEnd)
        {
            rows = Math.Min(rows, unread + reads);
            reads -= Math.Max(0, Math.Min(first + rows, sequence.LogitsEnd) - first - unread);
        }

        room -= rows;
        return rows;
    }
}
