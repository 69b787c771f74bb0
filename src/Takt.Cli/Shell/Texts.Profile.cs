namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Profile = new(
        "Generates text and shows where the time went, moment by moment, what limits this model here and what to try.",
        "生成文本，逐时刻显示时间花在哪里、本机上的瓶颈以及可做的改进。");
    public static readonly Phrase ProfileNoWarmUp = new(
        "Count the first run too. Without this the prompt is run once uncounted, with up to 32 tokens, so that compiling is not in the figures.",
        "首次运行也计入。不加此项时，先把提示词不计入地运行一遍（至多 32 个词元），使即时编译不进入数据。");
    public static readonly Phrase ProfileWarm = new(
        "warmed up with the same prompt, uncounted (up to {0} tokens); --no-warm-up leaves that out", "已用同一提示词预热，不计入（至多 {0} 个词元）；--no-warm-up 可省去");
    public static readonly Phrase ProfileCold = new(
        "not warmed up: the first cycles include the compiling of methods", "未预热：最初的周期包含方法编译的时间");
    public static readonly Phrase ProfileBy = new("What a row stands for.", "每行代表什么。");
    public static readonly Phrase ProfileTop = new("Rows to show of each phase.", "每个阶段类型显示多少行。");
    public static readonly Phrase ProfileBaseline = new(
        "A former run to compare with: the file that takt profile --json wrote.", "用于对比的先前结果：takt profile --json 写出的文件。");
    public static readonly Phrase ProfileCsv = new("Write every moment as CSV to this file.", "把所有时刻以 CSV 写入该文件。");
    public static readonly Phrase ProfileTrace = new(
        "Write the cycles to this file for ui.perfetto.dev or chrome://tracing.", "把各周期写入该文件，供 ui.perfetto.dev 或 chrome://tracing 查看。");
    public static readonly Phrase ProfileHtml = new(
        "Write a page with charts to this file; it needs no network.", "把带图表的网页写入该文件；无需网络。");
    public static readonly Phrase ProfileWritten = new("{0} written", "已写出 {0}");
    public static readonly Phrase ProfilePhase = new(
        "{0}: {1} cycles, {2} tokens, {3:0.0} tokens/s; a cycle takes {4} (stddev {5}, p50 {6}, p99 {7}); threads wait {8:0.0} %",
        "{0}：{1} 个周期，{2} 个词元，{3:0.0} 词元/秒；每周期 {4}（标准差 {5}，p50 {6}，p99 {7}）；线程等待 {8:0.0} %");
    public static readonly Phrase ProfileTree = new(
        "{0}: where the {1} of a cycle go", "{0}：每周期的 {1} 花在哪里");
    public static readonly Phrase ProfileBetween = new("between moments", "时刻之间");
    public static readonly Phrase ProfileLayers = new("layers {0}-{1}", "第 {0}-{1} 层");
    public static readonly Phrase ProfileSummary = new(
        "{0} in {1} cycles; moments explain {2:0.0} %; {4} threads waited {3:0.0} % of their time for each other",
        "{1} 个周期共 {0}；时刻解释了其中 {2:0.0} %；{4} 个线程相互等待占 {3:0.0} %");
    public static readonly Phrase ProfileOutliers = new(
        "{0} cycles took much longer than others with like work; the last of them:", "{0} 个周期明显慢于工作量相近的周期；最近的如下：");
    public static readonly Phrase ProfileOutlier = new("  cycle {0}: {1} where {2} is usual; {3}", "  周期 {0}：{1}，通常为 {2}；{3}");
    public static readonly Phrase ProfilePrediction = new(
        "{0}: predictions of {1} cycles were off by {2:0.0} % on average; {3:0} % of the cycles lay in their interval, which should hold 90 %",
        "{0}：{1} 个周期的预测平均误差为 {2:0.0} %；{3:0} % 的周期落在预测区间内（目标 90 %）");
    public static readonly Phrase ProfileRequest = new(
        "the request took {0} from text to text: {3} (within generation); parts explain {1:0.0} %, with cycles alone for prefill and generation {2:0.0} %",
        "该请求从文本到文本共 {0}：{3}（含于生成）；各部分解释了其中 {1:0.0} %，预填充与生成只计周期时为 {2:0.0} %");
    public static readonly Phrase ProfileNoCeiling = new(
        "this machine is not calibrated, so shares of its ceiling are left out; run takt calibrate", "本机尚未校准，因此不显示达上限的比例；请运行 takt calibrate");
    public static readonly Phrase ProfileComparedWith = new(
        "compared with {0}: time in a cycle, all layers together; * is a difference beyond chance (Welch's t-test over cycles, 5 % over all rows by Holm)",
        "与 {0} 对比：每周期各层合计的时间；* 表示差异显著（按周期做 Welch t 检验，经 Holm 校正后总体水平 5 %）");
    public static readonly Phrase ProfileOtherModel = new(
        "the baseline is of another model, {0}: differences are the models', too", "基线来自另一个模型 {0}：差异也包含模型本身的不同");
    public static readonly Phrase ColumnPhase = new("phase", "阶段类型");
    public static readonly Phrase ColumnBefore = new("before", "之前");
    public static readonly Phrase ColumnAfter = new("after", "之后");
    public static readonly Phrase ColumnRatio = new("after/before", "之后/之前");
    public static readonly Phrase ColumnPValue = new("p-value", "p 值");
    public static readonly Phrase ColumnCeiling = new("ceiling", "达上限");
    public static readonly Phrase ProfileEnergy = new("{0:0.00} J, {1:0.000} J a token", "{0:0.00} J，每词元 {1:0.000} J");
    public static readonly Phrase ProfileNoEnergy = new("energy cannot be read: {0}", "无法读取能耗：{0}");
}
