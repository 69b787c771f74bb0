namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Calibrate = new(
        "Measures this machine for predictions: memory and caches, products by tier and weight format, attention, parallel work. Takes about 100 seconds and keeps the result.",
        "测量本机以供预测：内存与各级缓存、各内核级别与权重格式的乘积、注意力、并行开销。耗时约 100 秒，结果会保存。");
    public static readonly Phrase Calibrating = new("calibrating [{0}] {1} %", "正在校准 [{0}] {1} %");
    public static readonly Phrase CalibrateKept = new("kept in {0}", "已保存到 {0}");
    public static readonly Phrase CalibrateNotKept = new("it could not be kept: the cache folder cannot be written", "未能保存：缓存文件夹不可写");
    public static readonly Phrase CalibratedRoof = new(
        "{0}, {1}, {2} threads: reads {3:0.0} GB/s from memory, computes {4:0.0} GFLOP/s in 32-bit floats",
        "{0}，{1}，{2} 线程：从内存读取 {3:0.0} GB/s，32 位浮点计算 {4:0.0} GFLOP/s");
    public static readonly Phrase NotCalibrated = new(
        "this machine is not calibrated, so no times are predicted; run takt calibrate", "本机尚未校准，因此不预测时间；请运行 takt calibrate");
    public static readonly Phrase LevelMemory = new("memory", "内存");
    public static readonly Phrase LevelCache = new("cache", "缓存");
    public static readonly Phrase ColumnLevel = new("level", "层级");
    public static readonly Phrase ColumnWorkingSet = new("working set", "工作集");
    public static readonly Phrase ColumnSpread = new("spread", "离散度");
    public static readonly Phrase ColumnTier = new("tier", "内核级别");
    public static readonly Phrase ColumnFormat = new("format", "格式");
    public static readonly Phrase ColumnRows = new("rows", "行数");
    public static readonly Phrase ColumnFrom = new("from", "来自");
    public static readonly Phrase ColumnMacs = new("GMAC/s", "GMAC/s");
    public static readonly Phrase ColumnBarrier = new("start and end of a task", "一次任务的启停");
    public static readonly Phrase ColumnProductCall = new("call of a product", "一次乘积调用");
    public static readonly Phrase ColumnPassesApart = new("passes apart", "各轮相差");

    public static readonly Phrase InspectGraph = new(
        "Show every operation of a cycle before it runs: parameters, bytes, operations, and what bounds it on this machine.",
        "在运行之前查看一个周期的每个操作：参数量、字节数、运算量，以及在本机受何限制。");
    public static readonly Phrase GraphFormat = new("How the graph is shown.", "计算图的显示格式。");
    public static readonly Phrase GraphBy = new("What a row of the table stands for.", "表中每行的含义。");
    public static readonly Phrase GraphPromptTokens = new("Prompt tokens in the cycle.", "周期中的提示词元数。");
    public static readonly Phrase GraphSequences = new("Sequences that generate a token in the cycle.", "周期中各生成一个词元的序列数。");
    public static readonly Phrase GraphKv = new("Tokens that each generating sequence has stored.", "每个生成序列已存储的词元数。");
    public static readonly Phrase GraphNothing = new(
        "a cycle needs --prompt-tokens or --sequences of 1 or more", "一个周期需要不小于 1 的 --prompt-tokens 或 --sequences");
    public static readonly Phrase GraphTotal = new(
        "{0} parameters, {1} and {2:0.00} GFLOP a cycle ({3:0.0} FLOP/byte)", "参数 {0}，每周期 {1}、{2:0.00} GFLOP（{3:0.0} FLOP/字节）");
    public static readonly Phrase GraphOperations = new(
        "{0} operations: {1} rows x {2} layers x {3:0.##} operations a layer", "{0} 次操作：{1} 行 x {2} 层 x 每层 {3:0.##} 个操作");
    public static readonly Phrase GraphPredicted = new(
        "predicted cycle: {0}, nine times of ten within {1} to {2}", "预测周期：{0}，十有九次在 {1} 到 {2} 之间");
    public static readonly Phrase ColumnParameters = new("parameters", "参数量");
    public static readonly Phrase ColumnWeightBytes = new("weights", "权重");
    public static readonly Phrase ColumnKvBytes = new("KV", "KV 缓存");
    public static readonly Phrase ColumnActivationBytes = new("activations", "激活");
    public static readonly Phrase ColumnMegaflops = new("MFLOP", "MFLOP");
    public static readonly Phrase ColumnIntensity = new("FLOP/byte", "FLOP/字节");
    public static readonly Phrase ColumnPredicted = new("predicted", "预测");
    public static readonly Phrase ColumnBound = new("bound", "受限于");
    public static readonly Phrase BoundMemory = new("memory", "内存");
    public static readonly Phrase BoundCompute = new("compute", "计算");
    public static readonly Phrase BoundOverhead = new("overhead", "开销");
}
