using System.Globalization;
using Takt.Compute;
using Takt.Formats;

namespace Takt;

/// <summary>
/// Keeps measured tunings between starts: lines of processor, tier, threads and version of the kernels, then streams, prefetch bytes and kind of page,
/// with tabs between. What cannot be read is measured again.
/// </summary>
/// <param name="path">The file.</param>
public sealed class TuningFile(string path)
{
    private const int Most = 1000;

    /// <summary>The file in the user's cache folder.</summary>
    public static TuningFile OfUser { get; } = new(Path.Combine(UserCache.Folder, "tuning.tsv"));

    /// <summary>The tuning that was measured for a processor, a tier and a number of threads, or null.</summary>
    public KernelTuning? Find(string processor, string tier, int threads)
    {
        string key = Key(processor, tier, threads);
        return Parse(Lines().LastOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..]);
    }

    /// <summary>Keeps a tuning in place of an older one; where nothing can be written, nothing is kept.</summary>
    public void Keep(string processor, string tier, int threads, KernelTuning tuning)
    {
        ArgumentNullException.ThrowIfNull(tuning);
        string key = Key(processor, tier, threads);
        IEnumerable<string> others = Lines().Where(line => !line.StartsWith(key, StringComparison.Ordinal)).TakeLast(Most);
        string added = string.Create(
            CultureInfo.InvariantCulture, $"{key}{tuning.Streams}\t{tuning.PrefetchBytes}\t{(tuning.HugePages ? "large" : "small")}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                foreach (string line in others.Append(added)) writer.WriteLine(line);
            });
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // It is measured again the next time.
        }
    }

    private static string Key(string processor, string tier, int threads) =>
        string.Create(CultureInfo.InvariantCulture, $"{processor.Replace('\t', ' ')}\t{tier}\t{threads}\t{KernelTuning.KernelVersion}\t");

    private static KernelTuning? Parse(string? values)
    {
        string[] parts = values?.Split('\t') ?? [];
        return parts.Length == 3
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int streams) && streams is 1 or 2 or 4
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int prefetch) && prefetch is >= 0 and <= 1 << 20
            && parts[2] is "large" or "small"
            ? new KernelTuning(streams, prefetch, parts[2] == "large")
            : null;
    }

    private List<string> Lines()
    {
        try
        {
            return File.Exists(path) ? [.. File.ReadLines(path).Take(Most)] : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
