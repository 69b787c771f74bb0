namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase FactFile = new("file", "文件");
    public static readonly Phrase FactName = new("name", "名称");
    public static readonly Phrase FactArchitecture = new("architecture", "架构");
    public static readonly Phrase FactParameters = new("parameters", "参数量");
    public static readonly Phrase FactWeights = new("weights", "权重");
    public static readonly Phrase FactBitsPerWeight = new("{0}, {1:0.00} bits per weight", "{0}，每权重 {1:0.00} 位");
    public static readonly Phrase FactShape = new("shape", "结构");
    public static readonly Phrase FactLayers = new(
        "{0} layers, width {1}, {2} query heads and {3} key-value heads of {4}, feed-forward {5}",
        "{0} 层，宽 {1}，查询头 {2} 个、键值头 {3} 个，每头 {4}，前馈宽 {5}");
    public static readonly Phrase FactExperts = new("experts", "专家");
    public static readonly Phrase FactExpertsUsed = new("{0} of {1} used per token, {2} wide", "每词元用 {0}/{1} 个，宽 {2}");
    public static readonly Phrase FactContext = new("context", "上下文");
    public static readonly Phrase FactTokens = new("{0:N0} tokens", "{0:N0} 词元");
    public static readonly Phrase FactVocabulary = new("vocabulary", "词表");
    public static readonly Phrase FactTemplate = new("chat template", "对话模板");
    public static readonly Phrase Yes = new("yes", "有");
    public static readonly Phrase No = new("none", "无");
    public static readonly Phrase FactMemory = new("memory need", "内存需求");
    public static readonly Phrase FactMemoryParts = new(
        "{0} for {1:N0} tokens of context: weights {2}, KV cache {3}",
        "上下文 {1:N0} 词元时 {0}：权重 {2}，KV 缓存 {3}");
    public static readonly Phrase FactMetadata = new("Metadata", "元数据");
    public static readonly Phrase FactTensors = new("Tensors", "张量");
    public static readonly Phrase ColumnKey = new("key", "键");
    public static readonly Phrase ColumnValue = new("value", "值");
    public static readonly Phrase ColumnType = new("type", "类型");
    public static readonly Phrase ColumnCount = new("tensors", "张量数");
    public static readonly Phrase ColumnName = new("name", "名称");
    public static readonly Phrase ColumnShape = new("shape", "形状");
    public static readonly Phrase ColumnSize = new("size", "大小");
    public static readonly Phrase ArrayOf = new("{0} values: {1}", "{0} 个值：{1}");
    public static readonly Phrase NotRunnable = new("this file cannot be run: {0}", "此文件无法运行：{0}");
}
