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
}
