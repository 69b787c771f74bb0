using System.Diagnostics;
using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Threading;

public sealed class TimeStampsTests
{
    [Fact]
    public void They_go_with_the_stopwatch()
    {
        TimeStamps.Calibrate();
        long before = Stopwatch.GetTimestamp(), first = TimeStamps.Now(), between = Stopwatch.GetTimestamp();
        Thread.Sleep(200);
        long slept = Stopwatch.GetTimestamp(), last = TimeStamps.Now(), after = Stopwatch.GetTimestamp();
        // Of one origin, to what it drifts in the life of a test, and of one speed, to a ten-thousandth.
        long drift = Stopwatch.Frequency / 1000, error = (after - before) / 10_000;
        Assert.InRange(first, before - drift, between + drift);
        Assert.InRange(last - first, slept - between - error, after - before + error);
    }

    [Fact]
    public void They_never_go_back_on_a_thread()
    {
        TimeStamps.Calibrate();
        long last = TimeStamps.Now();
        for (int i = 0; i < 100_000; i++)
        {
            long now = TimeStamps.Now();
            Assert.True(now >= last);
            last = now;
        }
    }

    [Fact]
    public void The_processors_counter_is_taken_where_linux_takes_it()
    {
        const string Clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
        if (!File.Exists(Clock) || File.ReadAllText(Clock).Trim() != "tsc") Assert.Skip("the system's clock is not the processor's counter");
        TimeStamps.Calibrate();
        Assert.True(TimeStamps.Calibrated);
    }
}
