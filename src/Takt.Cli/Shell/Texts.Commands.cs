namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Model = new(
        "A model: a .gguf or .bin file, or a folder in Hugging Face format.", "模型：.gguf 或 .bin 文件，或 Hugging Face 格式的文件夹。");
    public static readonly Phrase TokenizerModel = new(
        "A model, a tokenizer.json, a SentencePiece .model, a vocab.txt, or a folder with one.", "模型，或 tokenizer.json、SentencePiece 的 .model、vocab.txt，或含其一的文件夹。");
    public static readonly Phrase NoTokenizer = new(
        "{0} has no tokenizer; put its tokenizer.json beside the weights or use a .gguf file that includes one",
        "{0} 不含分词器；请把 tokenizer.json 放在权重旁边，或使用自带分词器的 .gguf 文件");
    public static readonly Phrase NeedsTextOrStdin = new(
        "give {0} as an argument, or lines of JSON on standard input", "请以参数给出 {0}，或在标准输入中逐行给出 JSON");

    public static readonly Phrase Tokenize = new(
        "Turns text into token ids: TEXT, or lines of standard input, each a JSON string.",
        "把文本变为词元编号：TEXT，或标准输入的各行（每行一个 JSON 字符串）。");
    public static readonly Phrase TokenizeText = new("The text; without it lines are read from standard input.", "文本；缺省时逐行读取标准输入。");
    public static readonly Phrase TokenizeSpecial = new(
        "Add the BOS and EOS tokens that the model wants.", "添加模型所要求的 BOS、EOS 词元。");
    public static readonly Phrase TokenizePieces = new("Show every token's id and text, a line each.", "逐行显示每个词元的编号和文本。");
    public static readonly Phrase Detokenize = new(
        "Turns token ids into text: IDS, or lines of standard input, each a JSON array.",
        "把词元编号变为文本：IDS，或标准输入的各行（每行一个 JSON 数组）。");
    public static readonly Phrase DetokenizeIds = new(
        "Ids as numbers, with spaces or commas between; without them lines are read from standard input.",
        "以空格或逗号分隔的编号；缺省时逐行读取标准输入。");
    public static readonly Phrase DetokenizeSkipSpecial = new("Leave out control tokens such as <s>.", "略去 <s> 之类的控制词元。");

    public static readonly Phrase Template = new(
        "Renders a chat template: standard input is a JSON object with messages, tools, add_generation_prompt and other variables.",
        "渲染对话模板：标准输入是一个 JSON 对象，含 messages、tools、add_generation_prompt 及其他变量。");
    public static readonly Phrase TemplateSource = new("A model, or a .jinja file.", "模型，或 .jinja 文件。");
    public static readonly Phrase TemplateMessage = new(
        "A user's message, in place of standard input.", "一条用户消息，用以代替标准输入。");
    public static readonly Phrase NoTemplate = new(
        "{0} has no chat template; give a .jinja file", "{0} 不含对话模板；请给出 .jinja 文件");
    public static readonly Phrase TemplateInput = new(
        "standard input is no JSON object such as {{\"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}: {0}",
        "标准输入不是 JSON 对象，应形如 {{\"messages\": [{{\"role\": \"user\", \"content\": \"你好\"}}]}}：{0}");

    public static readonly Phrase Inspect = new(
        "Shows what a model is before loading it: metadata, tensors, shape, memory need.",
        "加载前查看模型：元数据、张量、结构、内存需求。");
    public static readonly Phrase InspectContext = new(
        "Tokens of context to compute the memory need for [default: the model's own].", "按多少词元的上下文计算内存需求 [默认：模型自身的上下文长度]。");
    public static readonly Phrase InspectTensors = new("List every tensor, not only the sum by type.", "列出每个张量，而不只是按类型汇总。");

    public static readonly Phrase Quantize = new(
        "Writes a model as a GGUF file with smaller weights.", "把模型写成权重更小的 GGUF 文件。");
    public static readonly Phrase QuantizeIn = new(
        "The model to read: .gguf, .bin, or a folder in Hugging Face format.", "要读取的模型：.gguf、.bin，或 Hugging Face 格式的文件夹。");
    public static readonly Phrase QuantizeOut = new("The .gguf file to write.", "要写出的 .gguf 文件。");
    public static readonly Phrase QuantizeType = new("How to store weights: {0}.", "权重的存储类型：{0}。");
    public static readonly Phrase QuantizePure = new(
        "The same type for every matrix, without the usual mix.", "所有矩阵用同一类型，不用惯常的混合方案。");
    public static readonly Phrase QuantizeThreads = new("Threads to work with [default: all cores].", "线程数 [默认：全部核心]。");
    public static readonly Phrase QuantizeAgain = new(
        "{0} is quantised already ({1}); from the original weights the result would be better",
        "{0} 已是量化文件（{1}）；从原始权重量化效果更好");
    public static readonly Phrase QuantizeFallbacks = new(
        "stored in a neighbouring type, because their rows are no multiple of the block: {0} of {1} tensors",
        "行长不是块长的整数倍、已改用相近类型的张量：{0}/{1}");
    public static readonly Phrase QuantizeDone = new(
        "{0}: {1} -> {2} ({3:0.00} bits per weight) in {4:0.0} s", "{0}：{1} -> {2}（每权重 {3:0.00} 位），用时 {4:0.0} 秒");
    public static readonly Phrase QuantizeProgress = new("[{0}/{1}] {2}", "[{0}/{1}] {2}");
    public static readonly Phrase SameFile = new("IN and OUT are the same file", "IN 与 OUT 是同一个文件");
}
