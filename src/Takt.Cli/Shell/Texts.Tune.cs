namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Tune = new(
        "Finds how a model runs quickest on this machine within a bound of quality, and writes it as a plan for run, chat, bench and profile: "
        + "threads, a type for each layer's weights, the type of keys and values, kernels. Takes minutes.",
        "在质量界限内找出模型在本机上最快的运行方式，并写成供 run、chat、bench、profile 使用的方案：线程数、逐层权重类型、键值类型、内核。需数分钟。");
    public static readonly Phrase TuneOut = new(
        "The plan to write, a .json file; changed weights go beside it as .gguf [default: NAME.plan.json beside the model].",
        "要写出的方案（.json 文件）；改变后的权重以 .gguf 写在旁边 [默认：模型旁的 名称.plan.json]。");
    public static readonly Phrase TuneKl = new(
        "Most divergence (KL, in nats) from the untuned model on held-out text.", "在留出文本上与未调优模型的最大 KL 散度（奈特）。");
    public static readonly Phrase TuneKeepQuant = new("Leave the weights as they are.", "权重保持不变。");
    public static readonly Phrase TuneText = new(
        "A text like those the model will see; one third of it chooses, the rest judges [default: a text that comes with Takt].",
        "与模型实际使用相近的文本；三分之一用于选择，其余用于评判 [默认：Takt 自带文本]。");
    public static readonly Phrase TuneDepth = new(
        "Tokens stored when the time of a token is taken.", "测量每词元时间时已存的词元数。");
    public static readonly Phrase TuneThreads = new("Threads that compute [default: what is found best].", "计算线程数 [默认：实测最佳]。");
    public static readonly Phrase TuneOutName = new(
        "--out: '{0}' is not named .json; a plan is a JSON file, and its weights lie beside it as .gguf", "--out：“{0}”不是 .json 文件名；方案是 JSON 文件，其权重以 .gguf 放在旁边");
    public static readonly Phrase TuneSameFile = new(
        "--out: the weights of '{0}' would replace the model; give another name", "--out：“{0}”的权重会覆盖该模型；请换一个名称");
    public static readonly Phrase TuneNotWritable = new(
        "nothing can be written in '{0}'; give a plan file elsewhere with --out", "无法写入“{0}”；请用 --out 指定别处的方案文件");
    public static readonly Phrase TuneEstimate = new("tuning takes about {0} min", "调优约需 {0} 分钟");
    public static readonly Phrase TuneProgress = new("step {0} of 6, {1}: {2} of {3}", "第 {0}/6 步（{1}）：{2}/{3}");
    public static readonly Phrase TuneGraph = new("graph", "计算图");
    public static readonly Phrase TuneMoments = new("moments", "时刻");
    public static readonly Phrase TuneParallel = new("parallel", "并行");
    public static readonly Phrase TuneRestructure = new("restructure", "重构");
    public static readonly Phrase TuneHardware = new("hardware", "硬件");
    public static readonly Phrase TuneEvaluate = new("evaluate", "评估");
    public static readonly Phrase TuneColumnStep = new("step", "步骤");
    public static readonly Phrase TuneColumnBefore = new("before", "之前");
    public static readonly Phrase TuneColumnAfter = new("after", "之后");
    public static readonly Phrase TuneColumnWhy = new("why", "依据");
    public static readonly Phrase TuneSummary = new(
        "{0:0.0} -> {1:0.0} tokens/s ({2:0.00} times as fast), KL {3:0.0000}", "{0:0.0} -> {1:0.0} 词元/秒（{2:0.00} 倍），KL {3:0.0000}");
    public static readonly Phrase TuneWroteModel = new("weights: {0} ({1})", "权重：{0}（{1}）");
    public static readonly Phrase TuneWrote = new(
        "plan: {0}; use it with: takt run {1} --plan {0}", "方案：{0}；用法：takt run {1} --plan {0}");
    public static readonly Phrase TuneTimes = new(
        "times of a token: the default's, times the ratio measured in turns with it", "每词元时间：默认方案的时间乘以与其轮流运行所测得的比值");
    public static readonly Phrase OptionPlan = new(
        "Run by a plan of takt tune; options that are given as well go before it.", "按 takt tune 的方案运行；另外给出的选项优先。");
}
