using Takt.Clock;
using Takt.Engine.Stages;
using Takt.Models;

namespace Takt.Engine;

/// <summary>One step of the engine: a batch goes through the model once.</summary>
internal sealed class Cycle(Ledger ledger, Fetch fetch, Decode decode, Execute execute, WriteBack writeBack)
{
    /// <summary>Runs the four stages; without work it leaves no trace in the ledger.</summary>
    public void Run()
    {
        CycleProbe probe = ledger.Begin();
        List<Pick> picked = fetch.Run(ref probe);
        if (picked.Count == 0) return;
        Batch batch = decode.Run(picked, ref probe);
        Span<float> logits = execute.Run(batch, ref probe);
        CycleWork work = writeBack.Run(picked, logits, ref probe);
        ledger.End(ref probe, work);
    }
}
