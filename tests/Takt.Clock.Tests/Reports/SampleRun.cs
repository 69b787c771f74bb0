using Takt.Clock.Costs;
using Takt.Clock.Reports;

namespace Takt.Clock.Tests.Reports;

/// <summary>A run of known make-up: a prefill cycle, then generation, through a real ledger with two threads.</summary>
internal static class SampleRun
{
    /// <summary>Records it; the work in each moment is real, so its times are any.</summary>
    public static ProfiledRun Record(string model = "sample", int generation = 20, int layers = 6, MachineProfile? machine = null)
    {
        var ledger = new Ledger();
        long[] counters = new long[2];
        ledger.Watch(counters);
        int admit = ledger.Register(Stage.Fetch, Moment.NoLayer, "admit");
        int[] attention = [.. Enumerable.Range(0, layers).Select(layer => ledger.Register(Stage.Execute, layer, "attention"))];
        int[] products = [.. Enumerable.Range(0, layers).Select(layer => ledger.Register(Stage.Execute, layer, "down"))];
        int sample = ledger.Register(Stage.WriteBack, Moment.NoLayer, "sample");
        for (int i = 0; i <= generation; i++)
        {
            CycleProbe probe = ledger.Begin();
            probe.Edge(admit, 0, 0);
            for (int layer = 0; layer < layers; layer++)
            {
                Thread.SpinWait(50);
                counters[1] += 1;
                probe.Edge(attention[layer], 1000, 2000);
                Thread.SpinWait(100);
                probe.Edge(products[layer], 8000, 16000);
            }

            probe.Edge(sample, 0, 0);
            CycleWork work = i == 0 ? new CycleWork(5, 0, 1, 1, 5, 15) : new CycleWork(0, 1, 1, 1, 5 + i, 5 + i);
            ledger.End(ref probe, work, tokensPublished: 1, prediction: new Prediction(1e-5, 0, 1));
        }

        return new ProfiledRun(model, ledger, machine);
    }
}
