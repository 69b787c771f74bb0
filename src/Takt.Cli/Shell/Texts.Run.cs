using Takt.Compute.Memory;
namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Run = new(
        "Generates text: continues PROMPT, answers it with the model's chat template, or starts from nothing.",
        "生成文本：续写 PROMPT，或按模型的对话模板作答，或从零开始。");
    public static readonly Phrase RunPrompt = new(
        "What to say to the model; without it standard input is read when it is a file or pipe, else the model starts from BOS alone.",
        "对模型说的话；缺省时读取标准输入（文件或管道），否则模型仅从 BOS 开始生成。");
    public static readonly Phrase RunRaw = new(
        "Send the prompt as it is, without the chat template.", "原样发送提示词，不套用对话模板。");
    public static readonly Phrase RunIgnoreEos = new("Go on where the model would end its text.", "模型要结束时仍继续生成。");
    public static readonly Phrase SystemMessage = new("The system message.", "系统消息。");

    public static readonly Phrase OptionMaxTokens = new(
        "Most tokens to generate; -1 for no limit but the context.", "最多生成的词元数；-1 表示只受上下文限制。");
    public static readonly Phrase OptionTemperature = new(
        "How freely tokens are chosen; 0 always takes the most likely one.", "采样温度；0 表示总取最可能的词元。");
    public static readonly Phrase OptionSeed = new(
        "Same seed, same text [default: a random one].", "相同的种子得到相同的文本 [默认：随机]。");
    public static readonly Phrase OptionTopK = new("Choose among the k most likely tokens; 0 is off.", "只在概率最高的 k 个词元中选；0 为关闭。");
    public static readonly Phrase OptionTopP = new(
        "Choose among the most likely tokens that sum to this probability; 1 is off.", "只在累计概率达到该值的词元中选；1 为关闭。");
    public static readonly Phrase OptionMinP = new(
        "Leave out tokens less likely than this share of the best one; 0 is off.", "略去概率低于最高者该比例的词元；0 为关闭。");
    public static readonly Phrase OptionTypical = new("Locally typical sampling; 1 is off.", "局部典型采样；1 为关闭。");
    public static readonly Phrase OptionRepeatPenalty = new(
        "Makes tokens that came already less likely; 1 is off.", "降低已出现词元的概率；1 为关闭。");
    public static readonly Phrase OptionFrequencyPenalty = new(
        "Taken from a logit for every time the token came; 0 is off.", "词元每出现一次从其 logit 中减去的值；0 为关闭。");
    public static readonly Phrase OptionPresencePenalty = new(
        "Taken from a logit once the token came; 0 is off.", "词元出现过后从其 logit 中减去的值；0 为关闭。");
    public static readonly Phrase OptionPenaltyWindow = new(
        "How many of the last tokens the penalties look at.", "惩罚项考察最近多少个词元。");
    public static readonly Phrase OptionStop = new(
        "Text that ends the generation; may be given several times.", "遇到该文本即停止；可多次给出。");
    public static readonly Phrase OptionContext = new(
        "Tokens of prompt and answer together [default: as many as the model was made for].",
        "提示词与回答合计的词元数 [默认：模型的上下文长度]。");
    public static readonly Phrase OptionThreads = new("Threads that compute [default: one a fast core].", "计算线程数 [默认：每个快速核心一个]。");
    public static readonly Phrase OptionPackCache = new(
        "Keep the packed weights in the user's cache folder and start from them the next time; takes as much disk as the model. "
        + "TAKT_CACHE=FOLDER does so in that folder, always.",
        "把打包后的权重保存在用户缓存文件夹，下次启动直接使用；占用与模型相当的磁盘空间。设置 TAKT_CACHE=文件夹 则始终存于该处。");
    public static readonly Phrase Loading = new("loading [{0}] {1} %", "加载中 [{0}] {1} %");
    public static readonly Phrase OptionNumerics = new(
        "Whether products of weights are the same bits on every machine or may be faster in bfloat16.", "权重乘积在各机器上逐位一致（exact），或可用 bfloat16 加速（fast）。");
    public static readonly Phrase NumericsFast = new(
        "fast numerics are on: products with many rows are in bfloat16, results are not the exact ones and not the same everywhere",
        "已启用快速数值：多行的乘积采用 bfloat16，结果与精确模式不同，也不保证各处一致");
    public static readonly Phrase NumericsNotFast = new(
        "this machine has no instructions for fast numerics; the exact ones are used", "本机没有快速数值所需的指令；使用精确数值");
    public static readonly Phrase OptionKvType = new("How keys and values are stored.", "键和值的存储类型。");

    public static readonly Phrase RunSummary = new(
        "{0} tokens, {1:0.0} tokens/s, {2} cycles, first token after {3}",
        "{0} 个词元，{1:0.0} 词元/秒，{2} 个周期，首词元用时 {3}");
    public static readonly Phrase RunContextFull = new("the context of {0} tokens is full", "{0} 词元的上下文已满");
    public static readonly Phrase EmptyRawPrompt = new(
        "the prompt is empty and this model has no BOS token to start from; say something", "提示词为空，且该模型没有 BOS 词元可供起始；请给出提示词");

    public static readonly Phrase Logits = new(
        "Writes the logits for a sequence of token ids: rows of float32, little endian.", "输出一串词元编号的 logits：逐行 float32，小端序。");
    public static readonly Phrase LogitsIds = new(
        "Token ids: numbers with spaces or commas between, or @FILE that holds them.", "词元编号：以空格或逗号分隔，或用 @文件 给出。");
    public static readonly Phrase LogitsAll = new("A row for every position, not only the last.", "每个位置一行，而不只是最后一个。");
    public static readonly Phrase LogitsOut = new("The file to write; without it the best tokens are shown.", "输出文件；缺省时显示最可能的词元。");
    public static readonly Phrase LogitsWritten = new("{0} rows of {1} logits written to {2}", "已写出 {0} 行、每行 {1} 个 logits 到 {2}");
    public static readonly Phrase LogitsNone = new("no token ids were given", "没有给出词元编号");
    public static readonly Phrase ColumnToken = new("token", "词元");
    public static readonly Phrase ColumnLogit = new("logit", "logit");
    public static readonly Phrase ColumnProbability = new("probability", "概率");

    public static readonly Phrase Perplexity = new(
        "Measures how well a model predicts a text, and how far it is from a reference model.",
        "衡量模型对文本的预测能力，以及与参考模型的差距。");
    public static readonly Phrase PerplexityFile = new("The text, UTF-8.", "文本文件，UTF-8。");
    public static readonly Phrase PerplexityBytes = new("Read only the first N bytes of the file.", "只读取文件的前 N 个字节。");
    public static readonly Phrase PerplexityWindow = new(
        "Tokens in a window; the second half of each is scored.", "每个窗口的词元数；对后一半计分。");
    public static readonly Phrase PerplexityReference = new(
        "Compare with this model: KL divergence and agreement of the best token.", "与该模型比较：KL 散度与首选词元一致率。");
    public static readonly Phrase PerplexityProgress = new("window {0} of {1}: perplexity {2:0.0000}", "窗口 {0}/{1}：困惑度 {2:0.0000}");
    public static readonly Phrase PerplexityResult = new(
        "perplexity {0:0.0000} over {1} tokens", "困惑度 {0:0.0000}，共 {1} 个词元");
    public static readonly Phrase PerplexityKl = new(
        "KL divergence {0:0.000000} (99th percentile {1:0.000000}), best token agrees {2:0.00} %",
        "KL 散度 {0:0.000000}（99 分位 {1:0.000000}），首选词元一致率 {2:0.00} %");

    public static readonly Phrase MemoryLine = new(
        "memory: {0} resident at most; weights {1} ({2}) and {3} of vectors, {4} reserved for keys and values",
        "内存：常驻峰值 {0}；权重 {1}（{2}），向量 {3}，为 KV 预留 {4}");
    public static readonly Phrase MemoryPacked = new("packed at this start", "本次启动时打包");
    public static readonly Phrase MemoryMapped = new("mapped from the cache", "由缓存映射");
    public static readonly Phrase ColumnStage = new("stage", "阶段");
    public static readonly Phrase ColumnLayer = new("layer", "层");
    public static readonly Phrase ColumnOp = new("op", "操作");
    public static readonly Phrase ColumnCalls = new("calls", "次数");
    public static readonly Phrase ColumnMean = new("mean", "均值");
    public static readonly Phrase ColumnDeviation = new("stddev", "标准差");
    public static readonly Phrase ColumnMedian = new("p50", "p50");
    public static readonly Phrase ColumnP90 = new("p90", "90 分位");
    public static readonly Phrase ColumnMax = new("max", "最大");
    public static readonly Phrase ColumnWait = new("wait", "等待");
    public static readonly Phrase ColumnP99 = new("p99", "p99");
    public static readonly Phrase ColumnShare = new("share", "占比");
    public static readonly Phrase ColumnBandwidth = new("GB/s", "GB/s");
    public static readonly Phrase ColumnFlops = new("GFLOP/s", "GFLOP/s");
    public static readonly Phrase MoreRows = new("{0} more rows; --top shows more", "另有 {0} 行；用 --top 显示更多");
}
