using System.Diagnostics;
using Takt.Clock;
using Takt.Clock.Costs;
using Takt.Engine.Stages;
using Takt.Models;

namespace Takt.Engine;

/// <summary>One step of the engine: a batch goes through the model once.</summary>
internal sealed class Cycle(Ledger ledger, Fetch fetch, Decode decode, Execute execute, WriteBack writeBack)
{
    /// <summary>Says before a cycle runs how long it will take; null where nobody does.</summary>
    public CyclePredictor? Predictor { get; set; }

    /// <summary>Told after a cycle how long it took; null where nobody wants to know.</summary>
    public CycleObserver? Observer { get; set; }

    /// <summary>Runs the four stages; without work it leaves no trace in the ledger.</summary>
    public void Run()
    {
        CycleProbe probe = ledger.Begin();
        List<Pick> picked = fetch.Run(ref probe);
        if (picked.Count == 0) return;
        CycleWork work = Pick.Work(picked);
        Prediction? predicted = Predictor?.Invoke(work);
        Batch batch = decode.Run(picked, ref probe);
        Span<float> logits = execute.Run(batch, ref probe);
        int published = writeBack.Run(picked, logits, ref probe);
        long ticks = ledger.End(ref probe, work, published, predicted);
        Observer?.Invoke(work, (double)ticks / Stopwatch.Frequency);
        foreach (Pick pick in picked) pick.Sequence.LeaveCycle();
    }
}
