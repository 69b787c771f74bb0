using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Blocks;
using Takt.Compute.Memory;
using Takt.Compute.Threading;

namespace Takt.Engine.Machine;

/// <summary>How much <see cref="MachineCalibrator"/> measures.</summary>
/// <param name="CachedOutputs">Rows of a matrix that caches hold.</param>
/// <param name="MemoryBytes">Bytes of a matrix that they do not hold; null for twice the largest cache.</param>
/// <param name="Formats">Weight formats; null for all.</param>
/// <param name="Passes">How often everything is measured, some seconds apart; 1 or more.</param>
public sealed record CalibrationSize(
    int CachedOutputs = 1024, long? MemoryBytes = null, IReadOnlyList<WeightFormat>? Formats = null, int Passes = 3);

/// <summary>Measures all of a machine's profile: memory by working set, products by tier and format, attention, rows and barriers.</summary>
public static class MachineCalibrator
{
    private const long LeastMemoryBytes = 64L << 20;

    // Few rows one by one: kernels take them alone, in whole tiles, or in tiles with a rest, and each costs something else.
    private static readonly int[] _rows = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 64, 256];
    private static readonly int[] _rowsOfNarrow = [1, 2, 3, 4, 8, 64];
    // With more rows computing takes longer than reading.
    private static readonly int[] _rowsFromMemory = [1, 2, 4, 8, 16];
    private static readonly int[] _rowsOfNarrowFromMemory = [1, 4];
    private static readonly int[] _rowsOfOthers = [1, 16];
    private static readonly string[] _formatsOfOthers = ["q8_0", "q4_0", "q4_k", "q6_k", "f16"];

    /// <summary>Measures this machine; takes some seconds, in which nothing else should compute.</summary>
    /// <param name="tier">The kernel tier that models run on; null for the one they take.</param>
    /// <param name="threads">Threads that models run on; null for as many as they take.</param>
    /// <param name="size">How much is measured; null for all.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Looked at between measurements.</param>
    /// <exception cref="ArgumentException">There is no such tier here.</exception>
    public static MachineProfile Measure(
        string? tier = null, int? threads = null, CalibrationSize? size = null, Action<double>? progress = null,
        CancellationToken cancellation = default)
    {
        size ??= new CalibrationSize();
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Passes, 1, nameof(size));
        MachineFacts facts = MachineFacts.Read();
        long cache = facts.Caches.Count == 0 ? 0 : facts.Caches.Max(static found => found.Bytes);
        using TeamLease lease = TeamLease.Take(threads);
        using Backend backend = Backends.Create(lease.Team, tier);
        MachineProfile roof = MachineMeter.Measure(lease.Team) with { Processor = facts.Processor, Tier = backend.Name, CacheBytes = cache };

        TeamLease[] leases = [.. ThreadCounts(lease.Team.Threads).Select(count => TeamLease.Take(count))];
        Backend[] backends = [.. leases.Select(held => Backends.Create(held.Team, tier))];
        try
        {
            var work = new List<Func<MachineProfile, MachineProfile>>();
            foreach (Backend one in backends) AddThreads(work, one, facts);
            AddProducts(work, backends, cache, size);
            int repeated = work.Count, done = 0;
            AddOthers(work, lease.Team, backend.Name, size);
            int all = (size.Passes - 1) * repeated + work.Count;
            var passes = new List<MachineProfile>();
            while (passes.Count < size.Passes)
            {
                MachineProfile profile = roof;
                // What models do not run on is measured once.
                foreach (Func<MachineProfile, MachineProfile> measure in passes.Count == 0 ? work : work[..repeated])
                {
                    cancellation.ThrowIfCancellationRequested();
                    profile = measure(profile);
                    progress?.Invoke((double)++done / all);
                }

                passes.Add(profile);
            }

            return ProfilePasses.Merge(passes);
        }
        finally
        {
            foreach (Backend one in backends) one.Dispose();
            foreach (TeamLease held in leases) held.Dispose();
        }
    }

    // One, two, four and so on, and all.
    private static IEnumerable<int> ThreadCounts(int most)
    {
        for (int count = 1; count < most; count *= 2) yield return count;
        yield return most;
    }

    private static void AddThreads(List<Func<MachineProfile, MachineProfile>> work, Backend backend, MachineFacts facts)
    {
        work.Add(profile => profile with
        {
            Reads = [.. profile.Reads, .. CacheMeter.Reads(backend.Team, facts.Caches)],
            Barriers = [.. profile.Barriers, CacheMeter.Barrier(backend.Team)],
        });
        if (backend.Team.Threads == 1) work.Add(profile => profile with { RowRates = RowMeter.Measure(backend) });
        foreach (KvType type in Enum.GetValues<KvType>())
            work.Add(profile => profile with { Attentions = [.. profile.Attentions, .. AttentionMeter.Measure(backend, type)] });
    }

    private static void AddProducts(List<Func<MachineProfile, MachineProfile>> work, Backend[] backends, long cache, CalibrationSize size)
    {
        long memory = size.MemoryBytes ?? Math.Max(LeastMemoryBytes, 2 * cache);
        IReadOnlyList<WeightFormat> formats = size.Formats ?? WeightFormat.All;
        // One format stands for all: the cost is the threads', not the bytes'.
        WeightFormat one = formats.FirstOrDefault(static format => format.Name == "q8_0") ?? formats[0];
        work.Add(profile =>
        {
            Dictionary<int, double> calls = ProductMeter.CallSeconds(backends, one, memory);
            return profile with { Barriers = [.. profile.Barriers.Select(cost => cost with { ProductSeconds = calls[cost.Threads] })] };
        });
        foreach (WeightFormat format in formats)
        {
            List<ProductRate> FromMemory(int columns, int[] rows) => ProductMeter.Measure(
                backends, format, (int)Math.Max(16, memory / format.Bytes(columns)), rows, fromMemory: true, columns);
            work.Add(profile => profile with
            {
                Products =
                [
                    .. profile.Products,
                    .. ProductMeter.Measure(backends, format, size.CachedOutputs, _rows, fromMemory: false),
                    .. ProductMeter.Measure(backends, format, size.CachedOutputs, _rowsOfNarrow, fromMemory: false, ProductMeter.Narrow),
                    .. FromMemory(ProductMeter.Wide, _rowsFromMemory),
                    .. FromMemory(ProductMeter.Narrow, _rowsOfNarrowFromMemory),
                ],
            });
        }
    }

    // What the tiers that models do not take here would reach: for the record, so a few formats do. The reference is no tier to compare with.
    private static void AddOthers(List<Func<MachineProfile, MachineProfile>> work, Team team, string chosen, CalibrationSize size)
    {
        foreach (string other in Backends.Supported.Where(name => name != chosen && name != "reference"))
        {
            foreach (WeightFormat format in (size.Formats ?? WeightFormat.All).Where(format => _formatsOfOthers.Contains(format.Name)))
            {
                work.Add(profile =>
                {
                    using Backend backend = Backends.Create(team, other);
                    return profile with
                    {
                        Products = [.. profile.Products, .. ProductMeter.Measure([backend], format, size.CachedOutputs / 4, _rowsOfOthers, fromMemory: false)],
                    };
                });
            }
        }
    }
}
