namespace Takt.Clock.Reports;

/// <summary>Texts that several reports share.</summary>
public static class ReportTexts
{
    /// <summary>The words of a report and what they mean, for somebody new.</summary>
    internal static IReadOnlyList<(Bilingual Word, Bilingual Meaning)> Words { get; } =
    [
        (new("cycle", "周期"), new("one step of the engine: a batch of tokens goes through the model once", "引擎的一步：一批词元完整通过模型一次")),
        (new("moment", "时刻"), new("one operation on one layer in one cycle", "一个周期中某层上的一个操作")),
        (new("prefill", "预填充"), new("cycles that read the prompt, many tokens at once", "读取提示词的周期，一次处理多个词元")),
        (new("generation", "生成"), new("cycles that make new tokens, one after the other", "逐个产生新词元的周期")),
        (new("stage", "阶段"), new("fetch chooses the work, decode makes it a batch, execute runs the layers, write_back chooses and publishes tokens",
            "fetch 选择工作，decode 组成批，execute 运行各层，write_back 选出并发布词元")),
        (new("ceiling", "上限"), new("the speed of memory or of arithmetic that takt calibrate measured on this machine, whichever is nearer; above 100 % data came from a cache",
            "takt calibrate 在本机测得的内存速度或算力，取更接近者；超过 100 % 说明数据来自缓存")),
        (new("wait", "等待"), new("time in which a thread had nothing to do because others were not done", "线程因等待其他线程而空闲的时间")),
    ];

    /// <summary>What happened during a cycle, in words.</summary>
    public static Bilingual Causes(DisturbanceCauses causes)
    {
        Bilingual[] names = [.. Enum.GetValues<DisturbanceCauses>().Where(cause => cause != 0 && causes.HasFlag(cause)).Select(static cause => cause switch
        {
            DisturbanceCauses.GarbageCollection => new Bilingual("garbage collection", "垃圾回收"),
            DisturbanceCauses.PageFaults => new("page faults", "缺页"),
            DisturbanceCauses.Descheduling => new("lost the processor to other programs", "处理器被其他程序抢占"),
            DisturbanceCauses.Compilation => new("code was compiled", "编译代码"),
            _ => new("waited for locks", "等待锁"),
        })];
        return names.Length == 0
            ? new("nothing that is counted", "未见可计的原因")
            : new(string.Join(", ", names.Select(static name => name.En)), string.Join("、", names.Select(static name => name.Zh)));
    }
}
