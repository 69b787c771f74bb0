using Takt.Clock;
using Takt.Evaluation;
using Takt.Models.Quantization;

namespace Takt.WhatIf;

/// <summary>Runs scenarios, so that predictions can be held against what happens.</summary>
/// <param name="tier">The kernel tier to run on.</param>
public sealed class ScenarioMeter(string tier)
{
    private const int Prompts = 5, Tokens = 31;

    // What generates behind the context that is measured at, and ahead of it while other sequences still read their prompts.
    private const int Room = 64, RoomEach = 16;

    /// <summary>The median of the seconds from a prompt to its first token.</summary>
    public double Ttft(Scenario scenario, CancellationToken cancellation = default) => Run(scenario, scenario.Prompt + Room, model =>
    {
        SpeedResult result = new SpeedMeter(model.Engine).Measure(new SpeedTest(scenario.Prompt, 0), Prompts, cancellation: cancellation);
        return scenario.Prompt / result.Median;
    }, cancellation);

    /// <summary>The median of the seconds between two tokens of a sequence.</summary>
    public double Tpot(Scenario scenario, CancellationToken cancellation = default) => Run(
        scenario, scenario.Context + Room + RoomEach * scenario.Batch,
        model => Measured.Of([.. new CycleMeter(model.Engine).Generation(
            scenario.Batch, Math.Max(scenario.Context, Tokens / 2 + 1), Tokens, cancellation).Select(static cycle => cycle.WallSeconds)]).Median,
        cancellation);

    private T Run<T>(Scenario scenario, int context, Func<TaktModel, T> measure, CancellationToken cancellation)
    {
        if (scenario.Quant is not { } quant) return Run(scenario, scenario.Path, context, measure);
        string folder = Directory.CreateTempSubdirectory("takt-whatif-").FullName;
        try
        {
            string file = Path.Combine(folder, "model.gguf");
            using (ModelSource source = ModelSource.Open(scenario.Path))
            {
                ModelQuantizer.Write(
                    source.ToGguf(), file, QuantizationTarget.Parse(quant), pure: false, scenario.Threads, cancellation: cancellation);
            }

            return Run(scenario, file, context, measure);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private T Run<T>(Scenario scenario, string path, int context, Func<TaktModel, T> measure)
    {
        int most;
        using (ModelSource source = ModelSource.Open(path)) most = Models.Architectures.DecoderArchitecture.Of(source.File).ReadConfig(source.File).ContextLength;
        using TaktModel model = TaktModel.Open(path, new ModelOptions
        {
            Threads = scenario.Threads,
            Tier = tier,
            KvType = scenario.KvType,
            MaxSequences = scenario.Batch,
            ContextLength = Math.Min(context, most),
        });
        return measure(model);
    }
}
