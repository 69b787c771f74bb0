using System.Globalization;
using Takt.Clock.Reports;

namespace Takt.Tuning;

/// <summary>Why each step did what it did, in both languages.</summary>
internal static class TuneTexts
{
    public static readonly Bilingual Graph = new(
        "{0} products of weights in {1} layers; a token reads {2:0.0} MB of weights and does {3:0.00} GFLOP",
        "{1} 层共 {0} 个权重乘积；每个词元读取 {2:0.0} MB 权重，计算 {3:0.00} GFLOP");
    public static readonly Bilingual Moments = new("where a token's time goes: {0}", "一个词元的时间去向：{0}");
    public static readonly Bilingual Threads = new("time by threads, {0}: {1} kept", "各线程数的用时 {0}：采用 {1}");
    public static readonly Bilingual ThreadsGiven = new("{0} threads, as asked for", "按要求使用 {0} 个线程");
    public static readonly Bilingual Kept = new("weights kept as they are; keys and values {0}", "权重保持不变；键值 {0}");
    public static readonly Bilingual Nothing = new(
        "no smaller type was quicker within the bound ({0}); keys and values {1}", "在界限内没有更快的更小类型（{0}）；键值 {1}");
    public static readonly Bilingual Mix = new(
        "weights by type {0}; keys and values {1}; types by themselves: {2}", "各类型的权重数 {0}；键值 {1}；单一类型：{2}");
    public static readonly Bilingual Single = new("{0} KL {1:0.0000} time x{2:0.00}", "{0} KL {1:0.0000} 用时 x{2:0.00}");
    public static readonly Bilingual Kernels = new(
        "time by tier, {0}: {1}; {2} streams, prefetch {3} bytes, {4} pages", "各内核级别的用时 {0}：采用 {1}；{2} 路流，预取 {3} 字节，{4}");
    public static readonly Bilingual Evaluated = new(
        "held-out text: KL {0:0.0000} of {1} allowed, perplexity {2:0.00} (was {3:0.00}), best token agrees {4:0.0} %; time x{5:0.000}",
        "留出文本：KL {0:0.0000}（上限 {1}），困惑度 {2:0.00}（原 {3:0.00}），首选词元一致率 {4:0.0} %；用时 x{5:0.000}");
    public static readonly Bilingual DefaultBest = new(
        "nothing was quicker than the default by 2 % when both ran in turns (x{0:0.000}): the default was already best",
        "轮流运行时没有任何方案比默认快 2 % 以上（x{0:0.000}）：默认已是最佳");

    /// <summary>Pairs such as <c>2 x1.00, 1 x1.71</c>, the same in both languages.</summary>
    public static string Ratios<T>(IEnumerable<(T Name, double Ratio)> tried) =>
        string.Join(", ", tried.Select(way => string.Create(CultureInfo.InvariantCulture, $"{way.Name} x{way.Ratio:0.00}")));

    /// <summary>Texts with commas between.</summary>
    public static Bilingual Join(IEnumerable<Bilingual> texts)
    {
        Bilingual[] all = [.. texts];
        return new Bilingual(string.Join(", ", all.Select(static text => text.En)), string.Join("，", all.Select(static text => text.Zh)));
    }
}
