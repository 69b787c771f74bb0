namespace Takt.Clock.Reports;

/// <summary>What holds a phase back most.</summary>
public enum Limit
{
    /// <summary>Reading weights and KV.</summary>
    Memory,

    /// <summary>Arithmetic.</summary>
    Compute,

    /// <summary>Threads that wait for each other.</summary>
    Waiting,

    /// <summary>None of these: starting and ending many small operations, or kernels that are slow for their shape.</summary>
    Overhead,
}

/// <summary>A judgement of one phase in plain words, derived from its figures.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Limit">What holds it back.</param>
/// <param name="Text">A few sentences: what limits it, by which figures, and what to try.</param>
public sealed record Diagnosis(Phase Phase, Limit Limit, Bilingual Text)
{
    // A third of the threads' time is more than uneven pieces of work explain. From half of a ceiling on, that ceiling is what is felt.
    private const double MuchWaiting = 1.0 / 3, NearCeiling = 0.5;

    /// <summary>Judges a phase.</summary>
    /// <param name="phase">Its figures.</param>
    /// <param name="machine">This machine's ceilings; without them the intensity alone decides, and the text says so.</param>
    public static Diagnosis Of(PhaseReport phase, MachineProfile? machine)
    {
        ArgumentNullException.ThrowIfNull(phase);
        double seconds = ProfiledRun.Seconds(phase.Wall.Sum);
        double bytes = phase.Moments.Sum(static m => (double)m.Bytes), flops = phase.Moments.Sum(static m => (double)m.Flops);
        double wait = phase.All.WaitShare;
        double memory = machine is null || seconds == 0 ? 0 : bytes / machine.ReadBytesPerSecond / seconds;
        double compute = machine is null || seconds == 0 ? 0 : flops / machine.FlopsPerSecond / seconds;
        // Eight operations a byte is about where processors turn from waiting for memory to computing.
        bool byMemory = machine is null ? flops < 8 * bytes : memory >= compute;
        Limit limit = wait > MuchWaiting ? Limit.Waiting
            : machine is not null && Math.Max(memory, compute) < NearCeiling ? Limit.Overhead
            : byMemory ? Limit.Memory : Limit.Compute;
        Bilingual name = NameOf(phase.Phase);
        Bilingual cause = Cause(limit, machine is not null, name, limit == Limit.Waiting ? wait : byMemory ? memory : compute, byMemory);
        Bilingual top = phase.All.Moments.Count == 0 ? new("", "") : Most(phase.All.Moments[0]);
        Bilingual advice = Advice(limit, phase.Phase);
        return new Diagnosis(phase.Phase, limit, new Bilingual($"{cause.En} {top.En} {advice.En}", $"{cause.Zh}{top.Zh}{advice.Zh}"));
    }

    /// <summary>A phase's name.</summary>
    public static Bilingual NameOf(Phase phase) => phase == Phase.Prefill ? new("Prefill", "预填充") : new("Generation", "生成");

    private static Bilingual Most(ProfileRow row) =>
        new Bilingual("Most of it is {0}, {1:0} % of the time.", "耗时最多的是 {0}，占 {1:0} %。").With(row.Op, row.Share * 100);

    private static Bilingual Cause(Limit limit, bool calibrated, Bilingual name, double share, bool byMemory)
    {
        Bilingual text = limit switch
        {
            Limit.Waiting => new("{0} waits: its threads spend {1:0} % of their time waiting for each other.",
                "{0}受等待所限：各线程有 {1:0} % 的时间在相互等待。"),
            Limit.Overhead when byMemory => new("{0} reaches {1:0} % of the speed of this machine's memory and less of its arithmetic: neither is the limit.",
                "{0}达到本机内存速度的 {1:0} %，算力占用更低：两者都不是瓶颈。"),
            Limit.Overhead => new("{0} reaches {1:0} % of this machine's arithmetic and less of its memory's speed: neither is the limit.",
                "{0}达到本机算力的 {1:0} %，内存速度占用更低：两者都不是瓶颈。"),
            Limit.Memory when calibrated => new("{0} is limited by memory: it reads weights and KV at {1:0} % of the speed this machine's memory has.",
                "{0}受内存所限：读取权重与 KV 达到本机内存速度的 {1:0} %。"),
            Limit.Memory => new("{0} is probably limited by memory: it does few operations a byte (takt calibrate would tell how near the limit is).",
                "{0}可能受内存所限：每字节的运算很少（运行 takt calibrate 可知离上限多远）。"),
            Limit.Compute when calibrated => new("{0} is limited by arithmetic: it reaches {1:0} % of this machine's 32-bit peak.",
                "{0}受算力所限：达到本机 32 位浮点峰值的 {1:0} %。"),
            _ => new("{0} is probably limited by arithmetic: it does many operations a byte (takt calibrate would tell how near the limit is).",
                "{0}可能受算力所限：每字节的运算很多（运行 takt calibrate 可知离上限多远）。"),
        };
        return new(text.With(name.En, share * 100).En, text.With(name.Zh, share * 100).Zh);
    }

    private static Bilingual Advice(Limit limit, Phase phase) => (limit, phase) switch
    {
        (Limit.Waiting, _) => new("Try fewer threads (--threads), or end other programs that use the processor.",
            "可尝试减少线程（--threads），或结束其他占用处理器的程序。"),
        (Limit.Memory, _) => new("Try smaller weights (takt quantize), keys and values as --kv-type q8_0 at long contexts, or several sequences in a batch, which share what is read.",
            "可尝试更小的权重（takt quantize），长上下文时用 --kv-type q8_0，或多序列批处理以共享读取。"),
        (Limit.Compute, _) => new("Try --numerics fast where the processor has it, more cores, or a smaller model; smaller weights alone help little here.",
            "可尝试 --numerics fast（处理器支持时）、更多核心或更小的模型；仅缩小权重帮助不大。"),
        (_, Phase.Generation) => new("Many small operations cost their start and end: try another number of threads (--threads) or several sequences in a batch.",
            "大量小操作的启停开销较高：可尝试其他线程数（--threads），或多序列批处理。"),
        _ => new("A longer prompt uses the machine better; otherwise see the operations that are furthest from their ceiling.",
            "更长的提示词能更好地利用机器；否则请看离上限最远的操作。"),
    };
}
