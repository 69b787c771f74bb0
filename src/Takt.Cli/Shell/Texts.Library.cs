namespace Takt.Cli.Shell;

/// <summary>This part: what the libraries say when a file, a model or a request is wrong. Their English is the key, as in gettext.</summary>
internal static partial class Texts
{
    private const string GiveAModel = "Give a GGUF file (.gguf), a safetensors file, a llama2.c model (.bin) or the folder of a Hugging Face model.";
    private const string GiveAModelZh = "请给出 GGUF 文件（.gguf）、safetensors 文件、llama2.c 模型（.bin）或 Hugging Face 模型的文件夹。";
    private const string NotData = "PyTorch weights, which are programs rather than data and are not loaded. Give the safetensors or GGUF version of the model.";
    private const string NotDataZh = "PyTorch 权重；这类文件是程序而非数据，不予加载。请使用该模型的 safetensors 或 GGUF 版本。";

    private const string NeedsSafetensors = "model.safetensors or model.safetensors.index.json was expected. "
        + "Download the safetensors version, or convert it with save_pretrained(safe_serialization=True).";
    private const string NeedsSafetensorsZh = "应有 model.safetensors 或 model.safetensors.index.json。"
        + "请下载 safetensors 版本，或用 save_pretrained(safe_serialization=True) 转换。";

    /// <summary>The texts; the name of a file or folder and ": " may come before them.</summary>
    public static readonly Phrase[] Library =
    [
        // Files
        new("Access to the path '{0}' is denied.", "没有访问“{0}”的权限。"),
        new("Could not find file '{0}'.", "找不到文件“{0}”。"),
        new("Could not find a part of the path '{0}'.", "路径“{0}”不存在。"),
        new("no such file or folder. " + GiveAModel, "没有这个文件或文件夹。" + GiveAModelZh),
        new("is a folder; give the name of the file to write.", "是文件夹；请给出要写入的文件名。"),
        new("the folder does not exist; create it first.", "文件夹不存在，请先创建。"),
        new("is not a report of takt profile with its phases; write one with takt profile MODEL --json > FILE and give that file.",
            "不是含各阶段的 takt profile 报告；请用 takt profile MODEL --json > FILE 生成并给出该文件。"),
        new("part {0} of {1} is missing; put all parts into one folder.", "缺少第 {0} 部分（共 {1} 部分）；请把各部分放在同一文件夹。"),
        new("is missing, but {0} names it.", "缺失，但 {0} 引用了它。"),

        // What is no model
        new("the file is empty; download or convert the model again.", "文件为空；请重新下载或转换模型。"),
        new("is not a model file of a known format; it starts with the bytes {0}. " + GiveAModel,
            "不是已知格式的模型文件（开头字节为 {0}）。" + GiveAModelZh),
        new("is a JSON file, not weights. " + GiveAModel, "是 JSON 文件，不是权重。" + GiveAModelZh),
        new("the folder holds neither config.json nor a GGUF file. " + GiveAModel, "文件夹中既没有 config.json，也没有 GGUF 文件。" + GiveAModelZh),
        new("the folder holds {0} GGUF models; give one of them: {1}.", "文件夹中有 {0} 个 GGUF 模型，请指定其一：{1}。"),
        new("is a Git LFS pointer, not the file itself. Fetch it with 'git lfs pull', or download it from the model's page.",
            "是 Git LFS 指针，不是文件本身。请用 git lfs pull 获取，或从模型页面下载。"),
        new("is a zip archive, perhaps " + NotData, "是 zip 压缩包，可能是 " + NotDataZh),
        new("is a Python pickle, perhaps " + NotData, "是 Python pickle 文件，可能是 " + NotDataZh),
        new("is a gzip archive. Unpack it first.", "是 gzip 压缩包，请先解压。"),
        new("is a web page, perhaps an error or sign-in page saved in place of the model. Download the file itself.",
            "是网页，可能是误存的错误页或登录页。请下载模型文件本身。"),
        new("is a file of llama.cpp's formats before GGUF. Convert the original model to GGUF.",
            "是 llama.cpp 在 GGUF 之前的旧格式。请把原模型转换为 GGUF。"),

        // Damage
        new("{0} at byte {1} takes {2} bytes, but the file ends {3} bytes later; it is damaged or its download is incomplete.",
            "字节 {1} 处的数据（{0}）需 {2} 字节，但文件在其后 {3} 字节处结束；文件已损坏或下载不完整。"),
        new("{0} is {1} at byte {2}, but only {3} bytes follow (at least {4} are needed for each); the file is damaged or cut off.",
            "字节 {2} 处的数目（{0}）为 {1}，但其后只有 {3} 字节（每项至少需 {4} 字节）；文件已损坏或不完整。"),
        new("tensor '{0}' takes {1} bytes at {2} + {3}, but the file has only {4}; it is damaged or its download is incomplete.",
            "张量“{0}”在 {2} + {3} 处需 {1} 字节，但文件只有 {4} 字节；文件已损坏或下载不完整。"),
        new("the tensors take {0} bytes, but {1} bytes of data are there; the file is damaged or its download is incomplete.",
            "张量共需 {0} 字节，但数据有 {1} 字节；文件已损坏或下载不完整。"),
        new("the header is not valid JSON: {0} The file is damaged.", "文件头不是有效的 JSON（{0}）；文件已损坏。"),
        new("is not valid JSON: {0}", "不是有效的 JSON：{0}"),
        new("is a GGUF file of version {0}; versions 2 and 3 are supported. Convert the model again with a current tool.",
            "是第 {0} 版 GGUF 文件；只支持第 2、3 版。请用新版工具重新转换。"),
        new("tensor '{0}' is missing; a '{1}' model needs it with shape [{2}].", "缺少张量“{0}”；{1} 模型需要它，形状为 [{2}]。"),
        new("tensor '{0}' has shape [{1}]; expected [{2}].", "张量“{0}”的形状为 [{1}]，应为 [{2}]。"),

        // Models
        new("the architecture '{0}' is not a known decoder; known are {1}.", "架构“{0}”不是已知的解码器；已知的有 {1}。"),
        new("'model_type' is '{0}', which is not a known decoder; known are {1}.", "model_type 为“{0}”，不是已知的解码器；已知的有 {1}。"),
        new("metadata 'general.architecture' is missing; this is not a model, or it is damaged.",
            "缺少元数据 general.architecture；这不是模型，或文件已损坏。"),
        new("metadata '{0}' is missing; expected {1}. The file is incomplete or not a '{2}' model.",
            "缺少元数据 {0}（应为 {1}）；文件不完整，或不是 {2} 模型。"),
        new("holds no weights; " + NeedsSafetensors, "没有权重；" + NeedsSafetensorsZh),
        new("holds only {0}, perhaps PyTorch weights, which are programs rather than data and are not loaded; " + NeedsSafetensors,
            "只有 {0}，可能是 PyTorch 权重；这类文件是程序而非数据，不予加载；" + NeedsSafetensorsZh),
        new("has no tokenizer; put its tokenizer.json beside the weights or use a .gguf file that includes one.",
            "不含分词器；请把 tokenizer.json 放在权重旁边，或使用自带分词器的 .gguf 文件。"),

        // Requests
        new("the prompt has {0} tokens, but the context holds {1}; shorten it, or raise the context or the cache",
            "提示词有 {0} 个词元，而上下文只能容纳 {1} 个；请缩短提示词，或增大上下文或缓存"),
        new("the message takes {0} tokens, but the context holds {1}; shorten it or raise the context.",
            "消息有 {0} 个词元，而上下文只能容纳 {1} 个；请缩短消息或增大上下文。"),
        new("the context is {0} tokens, but this model was made for {1}; ask for at most that",
            "上下文为 {0} 词元，而该模型最多支持 {1}；请不要超过此值"),
        new("token {0} of the prompt is {1}, but this model's ids go from 0 to {2}", "第 {0} 个词元为 {1}，而该模型的编号为 0 到 {2}"),
        new("perplexity needs a text of at least 2 tokens; this one has {0}.", "困惑度至少需要 2 个词元的文本，而这段文本有 {0} 个。"),
        new("the vocabularies have {0} and {1} tokens; only models of one vocabulary can be compared.",
            "两个词表分别有 {0} 和 {1} 个词元；只能比较词表相同的模型。"),
        new("the variable now is {0}; expected a time in ISO 8601, such as '{1}'", "变量 now 为 {0}，应为 ISO 8601 时间，例如 '{1}'"),
        new("generation failed: {0}", "生成失败：{0}"),

        // Plans
        new("is not a plan of takt tune: {0}. Make one with takt tune MODEL.", "不是 takt tune 的方案：{0}。请用 takt tune MODEL 生成。"),
        new("is a plan of version {0}; version {1} is supported. Make it again with takt tune.", "是第 {0} 版方案；只支持第 {1} 版。请用 takt tune 重新生成。"),
        new("was made for {0} ({1} bytes, {2}), but {3} has {4} bytes, {5}. Give that model, or tune this one.",
            "是为 {0}（{1} 字节，{2}）生成的，而 {3} 有 {4} 字节，{5}。请改用该模型，或对此模型调优。"),
        new("was made on '{0}', but this machine is '{1}'. Tune again here.", "是在“{0}”上生成的，而本机是“{1}”。请在本机重新调优。"),
        new("asks for the kernel tier '{0}', which this machine cannot run. Tune again here.", "要求内核级别“{0}”，本机无法运行。请在本机重新调优。"),
        new("its model {0} is missing. Put it back, or tune again.", "其模型 {0} 缺失。请放回原处，或重新调优。"),
        new("its model {0} has changed since. Tune again.", "其模型 {0} 已改变。请重新调优。"),
        new("tuning needs a text of at least {0} tokens; this one has {1}. Give a longer one.", "调优至少需要 {0} 个词元的文本，而这段文本有 {1} 个。请给出更长的文本。"),

        // Machines
        new("the processor or the runtime lacks {0}", "处理器或运行时缺少 {0}"),
        new("the processor lacks {0}", "处理器缺少 {0}"),
        new("the processor is not an x86-64 one with AVX", "处理器不是带 AVX 的 x86-64"),
        new("AVX-512 is turned off", "AVX-512 已关闭"),
        new("the system does not save 512-bit registers", "系统不保存 512 位寄存器"),
        new("the system does not save AMX tiles", "系统不保存 AMX 分块寄存器"),
        new("Linux refuses this process AMX tiles (arch_prctl: error {0}; they came with kernel 5.16)",
            "Linux 不允许本进程使用 AMX 分块寄存器（arch_prctl：错误 {0}；自内核 5.16 起支持）"),
        new("the system gives no memory for emitted code (error {0})", "系统没有给出存放生成代码的内存（错误 {0}）"),
        new("the system refuses executable memory (error {0})", "系统拒绝可执行内存（错误 {0}）"),
        new("not proven on real hardware yet; it is used where it is asked for by name or by fast numerics",
            "尚未在真实硬件上验证；只在按名称或以快速数值要求时使用"),
        new("no fast numerics, {0}", "不支持快速数值，{0}"),
        new("its self-test gave {0} where {1} was expected (row {2}, output {3})", "自检得到 {0}，应为 {1}（第 {2} 行，第 {3} 个输出）"),
        new("its self-test has a mean square error of {0}, more than {1}", "自检的均方误差为 {0}，超过 {1}"),
    ];
}
