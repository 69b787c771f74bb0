using System.Text.Json;
using System.Text.Json.Serialization;
using Takt.Clock;
using Takt.Compute;
using Takt.Engine.Machine;
using Takt.Formats;

namespace Takt;

/// <summary>Keeps the measured profile of a machine between starts, beside <see cref="TuningFile"/>; what cannot be read, or was measured with other kernels, is measured again.</summary>
/// <param name="folder">Where; one file for each tier and thread count.</param>
public sealed class MachineFile(string folder)
{
    /// <summary>The files in the user's cache folder.</summary>
    public static MachineFile OfUser { get; } = new(UserCache.Folder);

    /// <summary>The profile of this machine that was kept for a tier and a number of threads, or null.</summary>
    public MachineProfile? Find(string tier, int threads)
    {
        string path = PathOf(tier, threads);
        try
        {
            if (!File.Exists(path)) return null;
            Kept? kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), MachineJson.Default.Kept);
            return kept is { Profile.IsComplete: true } && kept.KernelVersion == KernelTuning.KernelVersion && kept.ProfileVersion == ProfileVersion
                && kept.Profile.Processor == MachineFacts.ReadProcessor()
                ? kept.Profile
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The profile that predicts best for a number of threads: measured with as many, or with the next number above; null where there is none.</summary>
    public MachineProfile? FindFor(string tier, int threads) =>
        Enumerable.Range(threads, Math.Max(1, Environment.ProcessorCount - threads + 1)).Select(count => Find(tier, count)).FirstOrDefault(static found => found is not null);

    /// <summary>Keeps a profile in place of an older one; where nothing can be written, nothing is kept.</summary>
    /// <returns>The file, or null where it could not be written.</returns>
    public string? Keep(MachineProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        string path = PathOf(profile.Tier, profile.Threads);
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new Kept(KernelTuning.KernelVersion, ProfileVersion, profile), MachineJson.Default.Kept));
            return path;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Raised when what is measured, or what its numbers mean, changes.
    private const int ProfileVersion = 4;

    private string PathOf(string tier, int threads) => Path.Combine(folder, $"machine-{tier}-{threads}.json");

    internal sealed record Kept(int KernelVersion, int ProfileVersion, MachineProfile Profile);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MachineFile.Kept))]
internal sealed partial class MachineJson : JsonSerializerContext;
