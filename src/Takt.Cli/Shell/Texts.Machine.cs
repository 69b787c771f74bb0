namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Cache = new(
        "Lists the packed weights that --pack-cache and TAKT_CACHE have kept, or deletes them.", "列出 --pack-cache 与 TAKT_CACHE 保存的打包权重，或将其删除。");
    public static readonly Phrase CacheClear = new("Delete all of them.", "全部删除。");
    public static readonly Phrase CacheFolder = new(
        "Where to look [default: what TAKT_CACHE names, else the user's cache folder].", "查看的文件夹 [默认：TAKT_CACHE 所指，否则为用户缓存文件夹]。");
    public static readonly Phrase CacheSummary = new("{0}: {1} files, {2}", "{0}：{1} 个文件，共 {2}");
    public static readonly Phrase CacheCleared = new("{0}: {1} files deleted, {2} freed", "{0}：已删除 {1} 个文件，释放 {2}");
    public static readonly Phrase ColumnWritten = new("written", "写入时间");

    public static readonly Phrase InspectMachine = new(
        "Show this machine instead of a model: measures how it reads memory and sets the kernels by it, for later starts too.",
        "查看本机而非模型：测量内存读取，并据此设定内核参数（也用于以后的启动）。");
    public static readonly Phrase MachineProcessor = new("processor", "处理器");
    public static readonly Phrase MachineThreads = new("threads", "线程");
    public static readonly Phrase MachineThreadsOf = new("{0}, of {1} logical processors", "{0}（逻辑处理器 {1} 个）");
    public static readonly Phrase MachineCaches = new("caches", "缓存");
    public static readonly Phrase MachinePages = new("pages", "内存页");
    public static readonly Phrase MachinePagesOf = new("{0}; large pages: {1}", "{0}；大页：{1}");
    public static readonly Phrase MachineTier = new("tier", "内核级别");
    public static readonly Phrase MachineNote = new("note", "说明");
    public static readonly Phrase TierChosen = new("{0}: chosen", "{0}：已选用");
    public static readonly Phrase TierSupported = new("{0}: supported", "{0}：可用");
    public static readonly Phrase TierOff = new("{0}: off, {1}", "{0}：不可用，{1}");
    public static readonly Phrase MachineTuning = new("kernel tuning", "内核参数");
    public static readonly Phrase MachineTuningOf = new("{0} streams, prefetch {1} bytes ahead, {2} pages", "{0} 路流，预取 {1} 字节，{2}页");
    public static readonly Phrase PagesLarge = new("large", "大");
    public static readonly Phrase PagesSmall = new("small", "小");
    public static readonly Phrase ColumnThreads = new("threads", "线程");
    public static readonly Phrase ColumnStreams = new("streams", "流");
    public static readonly Phrase ColumnPrefetch = new("prefetch", "预取");
    public static readonly Phrase ColumnPages = new("pages", "页");
    public static readonly Phrase FactPackedFile = new("packed weights kept", "已保存的打包权重");
}
