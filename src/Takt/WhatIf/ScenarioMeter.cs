using Takt.Clock.Graphs;
using Takt.Evaluation;
using Takt.Models.Quantization;

namespace Takt.WhatIf;

/// <summary>Runs scenarios, so that predictions can be held against what happens.</summary>
/// <param name="tier">The kernel tier to run on.</param>
public sealed class ScenarioMeter(string tier)
{
    // Generation in several rounds, as the fit was run, so that not all of it falls into one moment of the machine.
    private const int Prompts = 12, Rounds = 3, Tokens = 21;

    // What generates behind the context that is measured at, and ahead of it while other sequences still read their prompts.
    private const int Room = 64, RoomEach = 16;

    /// <summary>The seconds from a prompt to its first token.</summary>
    public QuietTime Ttft(Scenario scenario, CancellationToken cancellation = default) => Run(
        scenario, scenario.Prompt + Room,
        model => QuietTime.Of(
        [
            .. new CycleMeter(model.Engine).Prompts(scenario.Prompt, Prompts, cancellation)
                .Select(static cycles => cycles.Sum(static cycle => cycle.WallSeconds)),
        ]),
        cancellation);

    /// <summary>The seconds between two tokens of a sequence.</summary>
    public QuietTime Tpot(Scenario scenario, CancellationToken cancellation = default) => Run(
        scenario, scenario.Context + Room + RoomEach * scenario.Batch,
        model =>
        {
            var meter = new CycleMeter(model.Engine);
            // Methods for these weights are compiled while a short prompt is read and continued, which does not count.
            meter.Generation(scenario.Batch, Tokens / 2 + 1, Tokens, cancellation);
            CycleShape shape = CycleShape.Generation(scenario.Batch, scenario.Context);
            return QuietTime.Of(
                [.. Enumerable.Range(0, Rounds).SelectMany(_ => meter.Measure(shape, Tokens, cancellation))
                    .Select(static cycle => cycle.WallSeconds)]);
        },
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
