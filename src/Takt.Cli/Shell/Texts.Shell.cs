namespace Takt.Cli.Shell;

/// <summary>Everything the command line says, in both languages. This part: help and errors of the shell itself.</summary>
internal static partial class Texts
{
    public static readonly Phrase Root = new(
        "Runs language models on a clock: every step measured, bounded and visible.",
        "让语言模型按时钟节拍运行：每一步都可度量、有界、可见。");

    public static readonly Phrase HelpUsage = new("Usage:", "用法：");
    public static readonly Phrase HelpCommand = new("[command]", "[命令]");
    public static readonly Phrase HelpOptionsHint = new("[options]", "[选项]");
    public static readonly Phrase HelpCommands = new("Commands:", "命令：");
    public static readonly Phrase HelpArguments = new("Arguments:", "参数：");
    public static readonly Phrase HelpOptions = new("Options:", "选项：");
    public static readonly Phrase HelpDefault = new("[default: {0}]", "[默认：{0}]");
    public static readonly Phrase HelpMore = new(
        "'{0} COMMAND --help' tells more about a command.", "用“{0} 命令 --help”查看某个命令的说明。");

    public static readonly Phrase OptionHelp = new("Show this help.", "显示本帮助。");
    public static readonly Phrase OptionVersion = new("Show the version.", "显示版本号。");
    public static readonly Phrase OptionLanguage = new(
        "Language of help and messages: zh or en; else the locale decides.", "帮助和消息的语言：zh 或 en；默认取自系统区域设置。");
    public static readonly Phrase OptionVerbose = new(
        "On an error, show where in the program it arose.", "出错时显示程序内部的出错位置。");
    public static readonly Phrase OptionOtlp = new(
        "Send metrics and traces to this OpenTelemetry collector by OTLP over HTTP, such as http://localhost:4318; "
        + "else OTEL_EXPORTER_OTLP_ENDPOINT says where to, if anywhere.",
        "通过 OTLP（HTTP）把指标和追踪发送到该 OpenTelemetry 收集器，例如 http://localhost:4318；"
        + "缺省时由 OTEL_EXPORTER_OTLP_ENDPOINT 指定，未设置则不发送。");
    public static readonly Phrase NotAnEndpoint = new(
        "{0}: '{1}' is no address of a collector; one looks like http://localhost:4318", "{0}：“{1}”不是收集器地址；应形如 http://localhost:4318");
    public static readonly Phrase TelemetryNotSent = new(
        "telemetry could not be sent to {0}; is a collector listening there?", "遥测数据无法发送到 {0}；请确认该处有收集器在监听");
    public static readonly Phrase OptionJson = new(
        "Print one JSON object and nothing else.", "只输出一个 JSON 对象。");

    public static readonly Phrase Error = new("error: {0}", "错误：{0}");
    public static readonly Phrase Warning = new("warning: {0}", "警告：{0}");
    public static readonly Phrase Interrupted = new("stopped by Ctrl-C", "已被 Ctrl-C 中断");

    public static readonly Phrase NoCommand = new("which command? none was given", "缺少命令");
    public static readonly Phrase UnknownCommand = new("'{0}' is no command{1}", "没有“{0}”这个命令{1}");
    public static readonly Phrase DidYouMean = new("; did you mean '{0}'?", "；您是不是想输入“{0}”？");
    public static readonly Phrase MissingArgument = new("{0} is missing: {1}", "缺少参数 {0}：{1}");
    public static readonly Phrase UnknownOption = new(
        "'{0}' is no option of this command{1} (a text that begins with '-' goes after '--')",
        "本命令没有选项“{0}”{1}（以“-”开头的文本请放在“--”之后）");
    public static readonly Phrase ExtraArgument = new(
        "'{0}' is one argument too many (put a text with spaces in quotes)", "多余的参数“{0}”（含空格的文本请加引号）");
    public static readonly Phrase MissingValue = new("{0} needs a value", "选项 {0} 缺少值");
    public static readonly Phrase RepeatedOption = new("{0} was given {1} times; once is the most", "选项 {0} 给了 {1} 次，最多一次");
    public static readonly Phrase NotANumber = new("{0}: '{1}' is no number", "{0}：“{1}”不是数字");
    public static readonly Phrase NotAWholeNumber = new("{0}: '{1}' is no whole number", "{0}：“{1}”不是整数");
    public static readonly Phrase OutOfRange = new("{0}: {1} is out of range; {2} to {3} can be had", "{0}：{1} 超出范围，应在 {2} 到 {3} 之间");
    public static readonly Phrase NotAmong = new("{0}: '{1}' is not among {2}", "{0}：“{1}”不在可选值 {2} 之内");

    public static readonly Phrase ModelNotFound = new(
        "there is no model '{0}': MODEL is a model file (.gguf, .safetensors, .bin) or a folder with config.json",
        "找不到模型“{0}”：MODEL 应为模型文件（.gguf、.safetensors、.bin）或含 config.json 的文件夹");
    public static readonly Phrase IsFolder = new("'{0}' is a folder; a file is needed", "“{0}”是文件夹，这里需要文件");
    public static readonly Phrase OutOfMemory = new(
        "memory ran out; a smaller --context or a more strongly quantised file needs less",
        "内存不足；可减小 --context，或改用量化程度更高的文件");
    public static readonly Phrase BadLine = new("line {0} of standard input: {1}", "标准输入第 {0} 行：{1}");
    public static readonly Phrase ExpectedJsonString = new("expected a JSON string such as \"text\"", "应为 JSON 字符串，例如 \"text\"");
    public static readonly Phrase ExpectedJsonIds = new(
        "expected a JSON array of token ids such as [1, 2, 3]", "应为词元编号的 JSON 数组，例如 [1, 2, 3]");
    public static readonly Phrase NotAnId = new("'{0}' is no token id; ids are whole numbers from 0 to {1}", "“{0}”不是词元编号；编号应为 0 到 {1} 的整数");
}
