using Takt.Compute.Threading;

namespace Takt.Compute.Tests.Threading;

/// <summary>Trees of the system's files, as machines of several kinds have them, and what the threads should be.</summary>
public sealed class ProcessorsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("takt-cpus-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("0-3", new[] { 0, 1, 2, 3 })]
    [InlineData(" 0, 2-3,7\n", new[] { 0, 2, 3, 7 })]
    [InlineData("", new int[0])]
    [InlineData("a-b", new int[0])]
    [InlineData("3-1", new int[0])]
    [InlineData("0-999999999", new int[0])]
    public void Lists_are_read(string text, int[] expected) => Assert.Equal(expected, Processors.ParseList(text));

    [Fact]
    public void Without_files_the_runtime_is_believed() => Assert.Equal(12, Processors.Count(_root, 12));

    [Fact]
    public void Threads_of_one_core_count_once()
    {
        Cpus(8, cpu => File($"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", $"{cpu % 4},{cpu % 4 + 4}"));
        Assert.Equal(4, Processors.Count(_root, 8));
    }

    [Fact]
    public void Only_allowed_processors_count()
    {
        Cpus(8, _ => { });
        File("proc/self/status", "Name:\ttakt\nCpus_allowed_list:\t1,3-4\n");
        Assert.Equal(3, Processors.Count(_root, 8));
        Assert.Equal(2, Processors.Count(_root, 2));
    }

    [Fact]
    public void A_hybrid_processor_works_with_its_fast_cores()
    {
        Cpus(12, cpu => File($"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", cpu < 8 ? $"{cpu & ~1}-{cpu | 1}" : $"{cpu}"));
        File("sys/devices/cpu_core/cpus", "0-7");
        Assert.Equal(4, Processors.Count(_root, 12));
        // Bound to slow cores it has to take those.
        File("proc/self/status", "Cpus_allowed_list:\t9-10\n");
        Assert.Equal(2, Processors.Count(_root, 12));
    }

    [Theory]
    [InlineData("cpu_capacity", 1024, 400)]
    [InlineData("cpufreq/cpuinfo_max_freq", 5_100_000, 3_100_000)]
    public void Slower_cores_are_left_out(string file, int fast, int slow)
    {
        Cpus(6, cpu => File($"sys/devices/system/cpu/cpu{cpu}/{file}", $"{(cpu < 2 ? fast - cpu * 20 : slow)}"));
        Assert.Equal(2, Processors.Count(_root, 6));
    }

    [Theory]
    [InlineData("250000 100000", 2)]
    [InlineData("50000 100000", 1)]
    [InlineData("max 100000", 8)]
    [InlineData("nonsense", 8)]
    [InlineData("99999999999999999999999 1", 8)]
    public void A_containers_quota_is_kept(string max, int expected)
    {
        Cpus(8, _ => { });
        File("proc/self/cgroup", "0::/outer/inner\n");
        File("sys/fs/cgroup/outer/cpu.max", max);
        Assert.Equal(expected, Processors.Count(_root, 8));
    }

    [Theory]
    [InlineData(350_000, 3)]
    [InlineData(-1, 8)]
    public void A_quota_of_the_first_version_is_kept(int quota, int expected)
    {
        Cpus(8, _ => { });
        File("proc/self/cgroup", "7:memory:/x\n3:cpu,cpuacct:/docker/0123\n");
        File("sys/fs/cgroup/cpu/cpu.cfs_quota_us", $"{quota}\n");
        File("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        Assert.Equal(expected, Processors.Count(_root, 8));
    }

    [Fact]
    public void Models_share_a_team_until_the_last_is_gone()
    {
        TeamLease first = TeamLease.Take(3), second = TeamLease.Take(3);
        using TeamLease other = TeamLease.Take(2);
        Assert.Same(first.Team, second.Team);
        Assert.NotSame(first.Team, other.Team);
        first.Dispose();
        first.Dispose();
        second.Team.Run(2, default(Nothing));
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => second.Team.Run(2, default(Nothing)));
        using TeamLease third = TeamLease.Take(3);
        third.Team.Run(2, default(Nothing));
    }

    private readonly struct Nothing : ITask
    {
        public void Run(int index, int thread)
        {
        }
    }

    private void Cpus(int count, Action<int> each)
    {
        File("proc/self/status", $"Cpus_allowed_list:\t0-{count - 1}\n");
        for (int cpu = 0; cpu < count; cpu++) each(cpu);
    }

    private void File(string path, string text)
    {
        path = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
    }
}
