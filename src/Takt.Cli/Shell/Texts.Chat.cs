namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase Chat = new("Talks with a model, turn by turn.", "与模型逐轮对话。");
    public static readonly Phrase ChatStart = new("Start with the conversation in this file (from /save).", "从该文件（由 /save 保存）继续对话。");
    public static readonly Phrase ChatPrompt = new("What is your question? ", "您有什么问题吗？");
    public static readonly Phrase ChatHint = new(
        "/help shows what can be done here; exit or Ctrl-D leaves", "/help 显示可用操作；输入“退出”或按 Ctrl-D 离开");
    public static readonly Phrase ChatHelp = new(
        """
        /help                 this help
        /set                  shows the settings; /set NAME VALUE changes one (system, temperature, seed, top-k, ...)
        /save FILE            writes the conversation to a file, /load FILE takes it up again
        /clear                forgets the conversation
        /exit                 leaves; so do exit and Ctrl-D
        A line that ends in \ goes on in the next one; so does everything between two lines of three quotes.
        Ctrl-C stops an answer; at the prompt it leaves when pressed twice.
        """,
        """
        /help                 显示本帮助
        /set                  显示设置；/set 名称 值 修改一项（system、temperature、seed、top-k 等）
        /save 文件            把对话存入文件；/load 文件 读回
        /clear                清空对话
        /exit                 离开；输入“退出”、exit 或按 Ctrl-D 亦可
        行末加 \ 可续写下一行；两行三引号之间的内容作为一条消息。
        Ctrl-C 停止回答；在提示符处连按两次则离开。
        """);
    public static readonly Phrase ChatNoTemplate = new(
        "this model has no chat template; turns are sent as 'User: ...' and 'Assistant: ...', so it may not answer well",
        "该模型没有对话模板；将以“User: ...”“Assistant: ...”的形式发送，回答可能不理想");
    public static readonly Phrase ChatDropped = new(
        "the context is full: the {0} oldest turns are forgotten", "上下文已满：已遗忘最早的 {0} 轮对话");
    public static readonly Phrase ChatCutOff = new(
        "the context is full: the answer ends here", "上下文已满：回答到此为止");
    public static readonly Phrase ChatTooLong = new(
        "the answer reached {0} tokens and ends here; /set max-tokens N allows more", "回答已达 {0} 个词元，到此为止；可用 /set max-tokens N 放宽");
    public static readonly Phrase ChatCleared = new("the conversation is forgotten", "对话已清空");
    public static readonly Phrase ChatSaved = new("{0} messages written to {1}", "已将 {0} 条消息写入 {1}");
    public static readonly Phrase ChatLoaded = new("{0} messages read from {1}", "已从 {1} 读取 {0} 条消息");
    public static readonly Phrase ChatNoConversation = new(
        "'{0}' holds no conversation: a JSON object with 'messages', each with 'role' and 'content', was expected",
        "“{0}”不是对话文件：应为含 messages 的 JSON 对象，每条消息含 role 和 content");
    public static readonly Phrase ChatUnknownCommand = new("'{0}' is no command here{1}; /help lists them", "没有“{0}”这个操作{1}；/help 可列出全部");
    public static readonly Phrase ChatNeedsFile = new("{0} needs a file name", "{0} 需要文件名");
    public static readonly Phrase ChatUnknownSetting = new("'{0}' is no setting; there are {1}", "没有“{0}”这项设置；可用的有 {1}");
    public static readonly Phrase ChatBadValue = new("'{1}' does not fit {0}", "“{1}”不适用于 {0}");
    public static readonly Phrase ChatOnceMore = new("Ctrl-C once more leaves", "再按一次 Ctrl-C 离开");
    public static readonly Phrase ChatStopped = new("stopped", "已停止");
}
