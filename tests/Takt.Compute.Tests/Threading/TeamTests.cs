using System.Diagnostics;
using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Threading;

public sealed class TeamTests
{
    private readonly struct Count(int[] counts) : ITask
    {
        public void Run(int index, int thread) => Interlocked.Increment(ref counts[index]);
    }

    private readonly struct Fail(int at) : ITask
    {
        public void Run(int index, int thread)
        {
            if (index == at) throw new FormatException("piece " + index);
        }
    }

    private readonly struct Nested(Team team) : ITask
    {
        public void Run(int index, int thread)
        {
            if (thread == 0) team.Run(4, new Count(new int[4]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_piece_runs_once(int threads)
    {
        using var team = new Team(threads);
        foreach (int pieces in (int[])[0, 1, 2, 3, 100, 1000])
        {
            var counts = new int[pieces];
            team.Run(pieces, new Count(counts));
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void It_wakes_after_a_rest()
    {
        using var team = new Team(3);
        var counts = new int[30];
        for (int i = 0; i < 3; i++)
        {
            Thread.Sleep(30);
            team.Run(30, new Count(counts));
        }

        Assert.All(counts, count => Assert.Equal(3, count));
    }

    [Fact]
    public void A_failing_piece_fails_the_task_and_not_the_team()
    {
        using var team = new Team(2);
        for (int at = 0; at < 20; at++) Assert.Throws<FormatException>(() => team.Run(20, new Fail(at)));
        var counts = new int[20];
        team.Run(20, new Count(counts));
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    // The caller waits until a worker has begun a piece, which then takes its time.
    private readonly struct Slow(int[] began, int[] ended) : ITask
    {
        public void Run(int index, int thread)
        {
            if (thread == 0)
            {
                while (Volatile.Read(ref began[0]) == 0) Thread.Yield();
                return;
            }

            Interlocked.Increment(ref began[0]);
            Thread.Sleep(20);
            Interlocked.Increment(ref ended[0]);
        }
    }

    [Fact]
    public void A_worker_with_a_piece_is_waited_for()
    {
        using var team = new Team(2);
        int[] began = [0], ended = [0];
        team.Run(50, new Slow(began, ended));
        Assert.InRange(began[0], 1, 50);
        Assert.Equal(began[0], ended[0]);
    }

    [Fact]
    public void Threads_count_their_work_and_the_callers_wait()
    {
        using var team = new Team(2) { KeepsTimes = true };
        long start = Stopwatch.GetTimestamp();
        team.Run(50, new Slow([0], [0]));
        long elapsed = Stopwatch.GetTimestamp() - start, waited = team.Counters.Span[0], worked = team.Counters.Span[1];
        Assert.InRange(worked, 15 * Stopwatch.Frequency / 1000, elapsed);
        Assert.InRange(waited, 1, elapsed);

        team.KeepsTimes = false;
        team.Run(50, new Slow([0], [0]));
        Assert.Equal((waited, worked), (team.Counters.Span[0], team.Counters.Span[1]));
    }

    [Fact]
    public async Task Callers_take_turns()
    {
        using var team = new Team(2);
        var counts = new int[50];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++) team.Run(50, new Count(counts));
        })));
        Assert.All(counts, count => Assert.Equal(800, count));
    }

    [Fact]
    public void A_task_within_a_task_and_one_after_the_end_are_refused()
    {
        var team = new Team(2);
        Assert.Throws<InvalidOperationException>(() => team.Run(1000, new Nested(team)));
        team.Dispose();
        team.Dispose();
        Assert.Throws<ObjectDisposedException>(() => team.Run(4, new Count(new int[4])));
    }
}
