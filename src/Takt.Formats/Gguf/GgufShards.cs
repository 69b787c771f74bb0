using System.Globalization;
using System.Text.RegularExpressions;

namespace Takt.Formats.Gguf;

/// <summary>Models split over several files: <c>NAME-00001-of-00003.gguf</c> and so on, as llama.cpp's gguf-split writes them.</summary>
internal static partial class GgufShards
{
    private const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const string TensorCountKey = "split.tensors.count";

    /// <summary>In how many files the model of this file lies.</summary>
    public static int CountOf(ModelFile file) => file.Metadata.GetInt(CountKey, 1);

    /// <summary>Whether the name is that of the second or a later part.</summary>
    public static bool IsLaterPart(string path) =>
        PartName().Match(Path.GetFileName(path)) is { Success: true } match && match.Groups["number"].ValueSpan is not "00001";

    /// <summary>Opens all parts of the model that <paramref name="path"/> is a part of.</summary>
    public static ModelFile Open(string path)
    {
        string[] paths = PathsOf(path);
        var parts = new Owners();
        try
        {
            for (int i = 0; i < paths.Length; i++)
            {
                if (!File.Exists(paths[i]))
                    throw new FileNotFoundException($"{paths[i]}: part {i + 1} of {paths.Length} is missing; put all parts into one folder.", paths[i]);
                parts.Files.Add(GgufReader.OpenPart(paths[i]));
                Check(parts.Files[i], i, paths.Length);
            }

            return Join(path, parts);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private static string[] PathsOf(string path)
    {
        Match match = PartName().Match(Path.GetFileName(path));
        if (!match.Success)
        {
            throw new InvalidDataException(
                $"{path}: is part of a split model, but its name does not end in -00001-of-0000N.gguf, so the other parts cannot be found; "
                + "give the file its original name.");
        }

        int count = int.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
        string prefix = Path.Combine(Path.GetDirectoryName(path) ?? "", match.Groups["name"].Value);
        return [.. Enumerable.Range(1, count).Select(i => $"{prefix}-{i:d5}-of-{count:d5}.gguf")];
    }

    private static void Check(ModelFile part, int index, int count)
    {
        if (CountOf(part) != count)
            throw new InvalidDataException($"{part.Path}: {CountKey} is {CountOf(part)}, but its name says {count}; the parts do not belong together.");
        int number = part.Metadata.GetInt(NumberKey);
        if (number != index)
        {
            throw new InvalidDataException(
                $"{part.Path}: {NumberKey} is {number}, but its name says {index} (counted from 0); a part was renamed or copied over another.");
        }
    }

    private static ModelFile Join(string path, Owners parts)
    {
        List<Tensor> tensors = [.. parts.Files.SelectMany(static part => part.Tensors)];
        int total = parts.Files[0].Metadata.GetInt(TensorCountKey, tensors.Count);
        if (total != tensors.Count)
        {
            throw new InvalidDataException(
                $"{path}: {TensorCountKey} is {total}, but the {parts.Files.Count} parts hold {tensors.Count} tensors; a part belongs to another model.");
        }

        // The joined model is not a part of anything, so the keys that said so go.
        var metadata = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach ((string key, object value) in parts.Files[0].Metadata)
        {
            if (key is not (CountKey or NumberKey or TensorCountKey)) metadata.Add(key, value);
        }

        return new ModelFile(path, metadata, tensors, parts);
    }

    [GeneratedRegex(@"^(?<name>.+)-(?<number>[0-9]{5})-of-(?<count>(?!00000)[0-9]{5})\.gguf$", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
