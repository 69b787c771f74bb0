using Takt.Clock;
using Takt.Compute.Memory;
using Takt.Engine.Sequences;
using Takt.Models;

namespace Takt.Engine.Stages;

/// <summary>Second stage: turns the choice into one flat batch.</summary>
internal sealed class Decode(Ledger ledger)
{
    private readonly int _moment = ledger.Register(Stage.Decode, Moment.NoLayer, "batch");
    private readonly Batch _batch = new();

    /// <summary>The batch of the picks; valid until the next call.</summary>
    public Batch Run(List<Pick> picked, ref CycleProbe probe)
    {
        _batch.Clear();
        foreach (Pick pick in picked) Add(pick);
        probe.Edge(_moment);
        return _batch;
    }

    private void Add(Pick pick)
    {
        (Sequence sequence, int first, int rows) = pick;
        _batch.Slices.Add(new BatchSlice(_batch.Tokens.Count, rows, first, sequence.Blocks.Blocks));
        for (int position = first; position < first + rows; position++)
        {
            if (sequence.WantsLogitsAt(position)) _batch.OutputRows.Add(_batch.Tokens.Count);
            _batch.Tokens.Add(sequence.Tokens[position]);
        }
    }
}
