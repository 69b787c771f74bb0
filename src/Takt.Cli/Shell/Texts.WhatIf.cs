namespace Takt.Cli.Shell;

internal static partial class Texts
{
    public static readonly Phrase WhatIf = new(
        "Predicts how a model would run with other settings or on another machine: tokens a second, TTFT, TPOT, memory. Examples: takt whatif MODEL quant=q4_0 threads=1 batch=8,context=1024 bandwidth=60GB/s,flops=500G",
        "预测模型在其他设置或其他机器上的运行情况：每秒词元数、TTFT、TPOT、内存。例：takt whatif MODEL quant=q4_0 threads=1 batch=8,context=1024 bandwidth=60GB/s,flops=500G");
    public static readonly Phrase WhatIfQuestion = new(
        "Settings that change, with commas between: quant=TYPE, file=MODEL, threads=N, batch=N, context=N (tokens stored), prompt=N, kv=TYPE, bandwidth=60GB/s, flops=500G. Each argument is a question of its own; one that names a prompt asks for TTFT, others for tokens a second.",
        "要改变的设置，以逗号分隔：quant=类型、file=模型、threads=N、batch=N、context=N（已存词元）、prompt=N、kv=类型、bandwidth=60GB/s、flops=500G。每个参数各为一问；含 prompt 的问 TTFT，其余问每秒词元数。");
    public static readonly Phrase WhatIfVerify = new(
        "Run what this machine can run and show it beside the prediction.", "运行本机能运行的，并与预测并列显示。");
    public static readonly Phrase WhatIfDry = new(
        "Predict from the machine's profile alone, without running the model first.", "只凭机器档案预测，不先运行模型。");
    public static readonly Phrase WhatIfFitting = new("running the present state: kind {0} of {1}", "正在运行当前状态：第 {0}/{1} 种周期");
    public static readonly Phrase WhatIfRunning = new("running question {0} of {1}: {2}", "正在运行第 {0}/{1} 问：{2}");
    public static readonly Phrase WhatIfPresent = new("(present)", "（当前）");
    public static readonly Phrase WhatIfInterval = new(
        "in brackets: where nine of ten should lie; memory is weights and KV", "括号内：十有九次所在的范围；内存指权重与 KV");
    public static readonly Phrase WhatIfMedianError = new("median error {0:0.0} % over {1} questions that ran", "已运行的 {1} 问的误差中位数为 {0:0.0} %");
    public static readonly Phrase WhatIfNoSetting = new(
        "'{0}' in '{1}' is no setting; write NAME=VALUE, such as threads=1", "“{1}”中的“{0}”不是设置；请写成 名称=值，如 threads=1");
    public static readonly Phrase WhatIfUnknown = new("'{0}' is no setting; known are {1}", "没有设置“{0}”；可用的有 {1}");
    public static readonly Phrase WhatIfNotAmong = new("{0}: '{1}' is not among {2}", "{0}：“{1}”不在 {2} 之中");
    public static readonly Phrase WhatIfNotWhole = new("{0}: '{1}' is no whole number from 1 to {2}", "{0}：“{1}”不是 1 到 {2} 的整数");
    public static readonly Phrase WhatIfNoRate = new(
        "{0}: '{1}' is no rate above 0; write it like 60G or 60G{2}", "{0}：“{1}”不是大于 0 的速率；请写成 60G 或 60G{2}");
    public static readonly Phrase ColumnQuestion = new("question", "问题");
    public static readonly Phrase ColumnTokensPerSecond = new("tokens/s", "词元/秒");
    public static readonly Phrase ColumnTtft = new("TTFT", "TTFT");
    public static readonly Phrase ColumnTpot = new("TPOT", "TPOT");
    public static readonly Phrase ColumnMemory = new("memory", "内存");
    public static readonly Phrase ColumnMeasured = new("measured", "实测");
    public static readonly Phrase ColumnError = new("error", "误差");
    public static readonly Phrase ColumnLeftOut = new("left out", "剔除");
}
