using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Takt.Compute.Cpu.Emitted;

namespace Takt.Compute.Threading;

/// <summary>
/// The time in <see cref="Stopwatch"/> ticks, read from the processor's counter where Linux itself takes that for its clock, which is
/// cheaper and waits for no instruction before it; elsewhere from the <see cref="Stopwatch"/>.
/// </summary>
/// <remarks>
/// The counter's speed is measured against the <see cref="Stopwatch"/> once, to some millionths. So differences are exact to that, and
/// the time itself drifts from the <see cref="Stopwatch"/>'s as that follows the system's corrections.
/// </remarks>
public static unsafe class TimeStamps
{
    private const string ClockFile = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    private const int Tries = 16, PowerLeaf = unchecked((int)0x80000007), InvariantBit = 8;

    private static readonly Lock _gate = new();
    private static readonly long _least = Stopwatch.Frequency / 200; // the speed is measured over 5 ms or more
    private static nint _reader;
    private static Pair? _prepared;
    private static nint _calibratedReader;
    private static ulong _firstCount;
    private static long _firstTicks;
    private static ulong _scale; // ticks a count, times 2^64

    // rdtsc; shl rdx, 32; or rax, rdx; ret
    private static ReadOnlySpan<byte> CounterReader => [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    /// <summary>Whether they come from the processor's counter.</summary>
    public static bool Calibrated => Volatile.Read(ref _calibratedReader) != 0;

    /// <summary>The time now; of one origin with <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static long Now()
    {
        nint reader = Volatile.Read(ref _calibratedReader);
        if (reader == 0) return Stopwatch.GetTimestamp();
        ulong passed = Count(reader) - _firstCount;
        return _firstTicks + (long)Math.BigMul(passed, _scale, out _);
    }

    /// <summary>Begins to measure the counter's speed, so that <see cref="Calibrate"/> need not wait.</summary>
    public static void Prepare()
    {
        lock (_gate)
        {
            if (_prepared is not null) return;
            _reader = IsClock() ? ExecutableMemory.Place("time stamps", CounterReader, out _) : 0;
            _prepared = _reader == 0 ? default : Read();
        }
    }

    /// <summary>Takes the counter from now on, where it is a clock; waits up to 5 ms.</summary>
    public static void Calibrate()
    {
        Prepare();
        lock (_gate)
        {
            if (_reader == 0 || Calibrated) return;
            Pair first = _prepared!.Value;
            while (Stopwatch.GetTimestamp() - first.Ticks < _least) Thread.SpinWait(20);
            Pair last = Read();
            double scale = (double)(last.Ticks - first.Ticks) / (last.Count - first.Count);
            if (!(scale is > 0 and < 1)) return; // a counter slower than the clock gains nothing
            (_firstCount, _firstTicks, _scale) = (last.Count, last.Ticks, (ulong)(scale * Math.Pow(2, 64)));
            Volatile.Write(ref _calibratedReader, _reader);
        }
    }

    // Linux takes another clock where the counters of processors differ or stand still.
    private static bool IsClock()
    {
        if (!X86Base.X64.IsSupported || !OperatingSystem.IsLinux()) return false;
        if ((uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < unchecked((uint)PowerLeaf)) return false;
        if ((X86Base.CpuId(PowerLeaf, 0).Edx >> InvariantBit & 1) == 0) return false;
        try
        {
            return File.ReadAllText(ClockFile).Trim() == "tsc";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Both clocks at one time: of some tries the one that took the least.
    private static Pair Read()
    {
        (Pair best, long shortest) = (default, long.MaxValue);
        for (int i = 0; i < Tries; i++)
        {
            long before = Stopwatch.GetTimestamp();
            ulong count = Count(_reader);
            long length = Stopwatch.GetTimestamp() - before;
            if (length < shortest) (best, shortest) = (new Pair(count, before + length / 2), length);
        }

        return best;
    }

    private static ulong Count(nint reader) => ((delegate* unmanaged[SuppressGCTransition]<ulong>)reader)();

    private readonly record struct Pair(ulong Count, long Ticks);
}
