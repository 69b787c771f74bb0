using Takt.Formats;

namespace Takt.Models.Packing;

/// <summary>A folder with files of packed weights, so that a model is packed once and mapped from then on.</summary>
/// <param name="folder">The folder; made when the first file is written.</param>
public sealed class PackCache(string folder)
{
    /// <summary>
    /// The environment variable that turns the cache on: a folder, or <c>1</c> for <see cref="DefaultFolder"/>; <c>0</c> or nothing is off.
    /// </summary>
    public const string Variable = "TAKT_CACHE";

    /// <summary>Where packed weights are kept unless somebody says otherwise.</summary>
    public static string DefaultFolder => Path.Combine(UserCache.Folder, "packed");

    /// <summary>The folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>One kept file.</summary>
    /// <param name="Name">Its name: the model's and the beginning of its fingerprint.</param>
    /// <param name="Bytes">Its size.</param>
    /// <param name="Written">When it was written.</param>
    public sealed record Entry(string Name, long Bytes, DateTime Written);

    /// <summary>The cache that the environment asks for, or null.</summary>
    public static PackCache? OfEnvironment(string? value) => value switch
    {
        null or "" or "0" => null,
        "1" => new PackCache(DefaultFolder),
        _ => new PackCache(value),
    };

    /// <summary>Where this user's files are: in the folder that the environment names or the default one.</summary>
    public static PackCache OfUser => OfEnvironment(Environment.GetEnvironmentVariable(Variable)) ?? new PackCache(DefaultFolder);

    /// <summary>All kept files, by name.</summary>
    public IReadOnlyList<Entry> Entries() =>
        [.. Files().Select(static file => new Entry(file.Name, file.Length, file.LastWriteTime))
            .OrderBy(static entry => entry.Name, StringComparer.Ordinal)];

    /// <summary>The kept file of a model, or null; whether it is good shows when it is opened.</summary>
    public Entry? Find(ModelFile model)
    {
        var file = new FileInfo(PathOf(model, SourceFingerprint.Of(model)));
        return file.Exists ? new Entry(file.Name, file.Length, file.LastWriteTime) : null;
    }

    /// <summary>Deletes all kept files; a model that is in use keeps its memory.</summary>
    /// <returns>What was deleted.</returns>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    public IReadOnlyList<Entry> Clear()
    {
        IReadOnlyList<Entry> entries = Entries();
        foreach (FileInfo file in Files()) file.Delete();
        return entries;
    }

    /// <summary>The file for a model with that fingerprint.</summary>
    internal string PathOf(ModelFile model, byte[] fingerprint)
    {
        string name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(model.Path));
        return Path.Combine(Folder, $"{name}-{Convert.ToHexStringLower(fingerprint.AsSpan(0, 8))}{PackedFile.Extension}");
    }

    // Leftovers of writers that were killed are called name.taktpack.*.tmp.
    private IEnumerable<FileInfo> Files() =>
        Directory.Exists(Folder) ? new DirectoryInfo(Folder).EnumerateFiles($"*{PackedFile.Extension}*") : [];
}
