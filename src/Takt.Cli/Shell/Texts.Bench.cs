namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Bench = new(
        "Measures how fast a model runs: tokens a second in llama-bench's rows, on random token ids.",
        "测量模型的运行速度：用随机词元编号，按 llama-bench 的各行给出每秒词元数。");
    public static readonly Phrase BenchPrompt = new(
        "pp: tokens of a prompt to read; a list such as 128,512; 0 leaves it out.", "pp：要读入的提示词元数；可为列表，如 128,512；0 表示不测。");
    public static readonly Phrase BenchGenerate = new(
        "tg: tokens to generate; a list; 0 leaves it out.", "tg：要生成的词元数；可为列表；0 表示不测。");
    public static readonly Phrase BenchBoth = new(
        "pp+tg: a prompt and an answer timed together, such as 512,128.", "pp+tg：提示与回答一起计时，如 512,128。");
    public static readonly Phrase BenchBatch = new(
        "batch: sequences that generate together, total tokens a second; a list; 0 leaves it out.",
        "batch：同时生成的序列数，给出合计每秒词元数；可为列表；0 表示不测。");
    public static readonly Phrase BenchBatchTokens = new("Tokens that each sequence of a batch generates.", "一批中每个序列生成的词元数。");
    public static readonly Phrase BenchDepth = new(
        "Tokens in the KV cache before time is taken; a list: every row at every depth.", "计时前 KV 缓存中已有的词元数；可为列表：每行在每个深度各测一次。");
    public static readonly Phrase BenchRepetitions = new(
        "How often each row is measured, after a run that does not count.", "每行测量的次数；此前先跑一次不计。");
    public static readonly Phrase BenchTier = new(
        "The kernel tier to use [default: the best one].", "使用的内核层级 [默认：最好的一级]。");
    public static readonly Phrase BenchOutput = new("The form of the results.", "结果的格式。");
    public static readonly Phrase BenchProgress = new("row {0} of {1}: {2}, repetition {3} of {4}", "第 {0}/{1} 行：{2}，第 {3}/{4} 次");
    public static readonly Phrase BenchNothing = new(
        "every row is left out; give one of -p, -n, -b and -pg a number above 0", "没有要测的行；请给 -p、-n、-b、-pg 之一大于 0 的数");
    public static readonly Phrase BenchTooLong = new(
        "{0} takes {1} tokens of context, but this model was made for {2}; give smaller numbers, or 0 to leave a row out",
        "{0} 需要 {1} 个词元的上下文，而该模型只支持 {2}；请减小数值，或用 0 去掉该行");
    public static readonly Phrase BenchWithinChunk = new(
        "{0}: prompts are read in chunks of {1} tokens, so the depth before a timed one must be a multiple of that; or leave it out with -p 0",
        "{0}：提示按每块 {1} 个词元读入，计时提示之前的深度须为其整数倍；或用 -p 0 去掉该行");
    public static readonly Phrase NotSoManyNumbers = new(
        "{0}: '{1}' is no list of {2} numbers with commas between", "{0}：“{1}”不是以逗号分隔的 {2} 个数");
}
