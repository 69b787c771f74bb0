using Takt.Compute.Memory;
using Takt.Evaluation;
using Takt.Models;

namespace Takt.Tests.Evaluation;

public class PerplexityMeterTests(TinyModel models)
{
    private static readonly string _text = string.Concat(Enumerable.Repeat("a deaf cab bade a fad. ", 12));

    [Fact]
    public void The_second_half_of_every_window_is_scored()
    {
        const int window = 20;
        using TaktModel model = TaktModel.Open(models.Plain);
        PerplexityResult result = new PerplexityMeter(model).Measure(_text, window);

        int[] ids = model.EncodePrompt(_text);
        double sum = 0;
        int count = 0;
        for (int start = 0; start + window <= ids.Length; start += window)
        {
            int[] part = ids[start..(start + window)];
            part[0] = 1;
            var rows = new List<float[]>();
            model.ReadLogits(part, all: true, (_, row) => rows.Add(row.ToArray()));
            for (int i = window / 2; i < window; i++, count++)
                sum += Math.Log(rows[i - 1].Sum(x => Math.Exp(x))) - rows[i - 1][part[i]];
        }

        Assert.Equal(count, result.Tokens);
        Assert.Equal(Math.Exp(sum / count), result.Perplexity, 1e-6 * result.Perplexity);
        Assert.Null(result.KlMean);
    }

    [Fact]
    public void Divergence_is_measured_against_the_reference()
    {
        using TaktModel model = TaktModel.Open(models.Plain), same = TaktModel.Open(models.Plain);
        using TaktModel exact = TaktModel.Open(models.Plain, new ModelOptions { KvType = KvType.F32 });
        PerplexityResult self = new PerplexityMeter(model, same).Measure(_text, 32);
        Assert.Equal((0, 0, 1), (self.KlMean, self.KlP99, self.Top1Agreement));
        using TaktModel halves = TaktModel.Open(models.Plain, new ModelOptions { KvType = KvType.F16 });
        PerplexityResult rounded = new PerplexityMeter(halves, exact).Measure(_text, 32);
        Assert.InRange(rounded.KlMean!.Value, 1e-12, 1e-4);
        Assert.True(rounded.KlP99 >= rounded.KlMean);
    }

    [Fact]
    public void A_short_text_is_one_window_and_an_empty_one_is_refused()
    {
        using TaktModel model = TaktModel.Open(models.Plain);
        int tokens = model.EncodePrompt("a deaf cab").Length;
        Assert.Equal(tokens - tokens / 2, new PerplexityMeter(model).Measure("a deaf cab", 512).Tokens);
        Assert.Throws<InvalidDataException>(() => new PerplexityMeter(model).Measure("", 512));
        // BOS is no token of the text.
        Assert.Equal(2, model.EncodePrompt("a").Length);
        Assert.Contains("has 1.", Assert.Throws<InvalidDataException>(() => new PerplexityMeter(model).Measure("a", 512)).Message);
    }
}
