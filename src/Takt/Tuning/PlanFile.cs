using System.Text.Json;
using System.Text.Json.Serialization;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Engine.Machine;
using Takt.Formats;

namespace Takt.Tuning;

/// <summary>Reads and writes plans: JSON with a version, refused where it does not fit the model or the machine.</summary>
public static class PlanFile
{
    private const string Format = "takt-plan";
    private const int Version = 1;
    private const long Largest = 1 << 20;

    /// <summary>Writes a plan; the file appears under its name when it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan; its paths are written relative to the file's folder.</param>
    public static void Write(string path, Plan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string folder = FolderOf(path);
        var kept = new Kept(
            Format, Version, Relative(plan.Source, folder), Relative(plan.Model, folder), plan.Processor,
            new KeptOptions(
                plan.Options.Threads, plan.Options.Tier, plan.Options.KvType.ToString().ToLowerInvariant(), plan.Options.Tuning.Streams,
                plan.Options.Tuning.PrefetchBytes, plan.Options.Tuning.HugePages), plan.Figures);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, kept, PlanJson.Default.Kept));
    }

    /// <summary>Reads a plan; its paths are full ones then.</summary>
    /// <exception cref="InvalidDataException">It is no plan, or one of another version.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Plan Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (new FileInfo(path) is { Exists: true, Length: > Largest })
            throw new InvalidDataException($"{path}: has more than {Largest} bytes; a plan of takt tune was expected.");
        Kept? kept = null;
        string problem = "it holds no JSON object";
        try
        {
            kept = JsonSerializer.Deserialize(File.ReadAllBytes(path), PlanJson.Default.Kept);
            if (kept is not null) problem = Problem(kept) ?? "";
        }
        catch (JsonException broken)
        {
            problem = broken.Message;
        }

        if (kept is { Format: Format } && kept.Version != Version)
        {
            throw new InvalidDataException(
                $"{path}: is a plan of version {kept.Version}; version {Version} is supported. Make it again with takt tune.");
        }

        if (kept is null || problem.Length > 0)
            throw new InvalidDataException($"{path}: is not a plan of takt tune: {problem}. Make one with takt tune MODEL.");
        string folder = FolderOf(path);
        KeptOptions options = kept.Options!;
        return new Plan(
            Full(kept.Source!, folder), Full(kept.Model!, folder), kept.Processor!,
            new PlanOptions(
                options.Threads, options.Tier!, Enum.Parse<KvType>(options.KvType!, ignoreCase: true),
                new KernelTuning(options.Streams, options.PrefetchBytes, options.HugePages)),
            kept.Figures!);
    }

    /// <summary>Refuses a plan that was made for another model or machine.</summary>
    /// <param name="path">The plan's file, for the message.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="model">The model that the user names: the one that was tuned, or the one the plan runs in its place.</param>
    /// <exception cref="InvalidDataException">It does not fit.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static void Check(string path, Plan plan, string model)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string processor = MachineFacts.ReadProcessor();
        if (plan.Processor != processor)
            throw new InvalidDataException($"{path}: was made on '{plan.Processor}', but this machine is '{processor}'. Tune again here.");
        if (!Backends.Supported.Contains(plan.Options.Tier))
        {
            throw new InvalidDataException(
                $"{path}: asks for the kernel tier '{plan.Options.Tier}', which this machine cannot run. Tune again here.");
        }

        PlanModel given = ModelFingerprint.Of(model);
        if (given.Fingerprint != plan.Source.Fingerprint && given.Fingerprint != plan.Model.Fingerprint)
        {
            throw new InvalidDataException(
                $"{path}: was made for {Path.GetFileName(plan.Source.Path)} ({plan.Source.Bytes} bytes, {plan.Source.Fingerprint[..12]}), but "
                + $"{model} has {given.Bytes} bytes, {given.Fingerprint[..12]}. Give that model, or tune this one.");
        }

        if (!File.Exists(plan.Model.Path) && !Directory.Exists(plan.Model.Path))
            throw new FileNotFoundException($"{path}: its model {plan.Model.Path} is missing. Put it back, or tune again.");
        if (given.Fingerprint != plan.Model.Fingerprint && ModelFingerprint.Of(plan.Model.Path).Fingerprint != plan.Model.Fingerprint)
            throw new InvalidDataException($"{path}: its model {plan.Model.Path} has changed since. Tune again.");
    }

    private static string? Problem(Kept kept)
    {
        if (kept.Format != Format) return $"its format is '{kept.Format}', not '{Format}'";
        if (!IsSound(kept.Source)) return "'source' needs a path, a size and a fingerprint of 64 hexadecimal digits";
        if (!IsSound(kept.Model)) return "'model' needs a path, a size and a fingerprint of 64 hexadecimal digits";
        if (string.IsNullOrEmpty(kept.Processor)) return "'processor' is missing";
        if (kept.Options is not { Threads: >= 1 and <= 1024, Tier.Length: > 0, Streams: 1 or 2 or 4, PrefetchBytes: >= 0 and <= 1 << 20 } options)
            return "'options' needs threads (1 to 1024), tier, streams (1, 2 or 4) and prefetch_bytes (0 to 1048576)";
        if (options.KvType is not ("f32" or "f16" or "bf16" or "q8_0")) return $"'kv_type' is '{options.KvType}', not f32, f16, bf16 or q8_0";
        return kept.Figures is { DefaultSeconds: > 0, PlanSeconds: > 0, KlBound: >= 0, Kl: >= 0 }
            ? null
            : "'figures' needs times above 0 and divergences";
    }

    private static bool IsSound(PlanModel? model) =>
        model is { Path.Length: > 0, Bytes: >= 0, Fingerprint.Length: 64 } && model.Fingerprint.All(char.IsAsciiHexDigitLower);

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(AtomicFile.Target(path)))!;

    private static PlanModel Relative(PlanModel model, string folder) =>
        model with { Path = Path.GetRelativePath(folder, Path.GetFullPath(model.Path)).Replace('\\', '/') };

    private static PlanModel Full(PlanModel model, string folder) => model with { Path = Path.GetFullPath(model.Path, folder) };

    internal sealed record KeptOptions(int Threads, string? Tier, string? KvType, int Streams, int PrefetchBytes, bool HugePages);

    internal sealed record Kept(
        string? Format, int Version, PlanModel? Source, PlanModel? Model, string? Processor, KeptOptions? Options,
        PlanFigures? Figures);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PlanFile.Kept))]
internal sealed partial class PlanJson : JsonSerializerContext;
