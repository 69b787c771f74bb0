using System.Text.Json.Nodes;
using Takt.Compute;
using Takt.Compute.Memory;
using Takt.Engine.Machine;
using Takt.Tuning;

namespace Takt.Tests.Tuning;

public sealed class PlanFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-plan-").FullName;
    private readonly string _plan;
    private readonly string _model;

    public PlanFileTests()
    {
        (_plan, _model) = (Path.Combine(_folder, "m.plan.json"), Path.Combine(_folder, "m.gguf"));
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(_model, bytes);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Plan Make() => new(
        ModelFingerprint.Of(_model), ModelFingerprint.Of(_model), MachineFacts.ReadProcessor(),
        new PlanOptions(3, Backends.Default(), KvType.Q8_0, new KernelTuning(2, 512, true)), new PlanFigures(0.01, 0.005, 0.02, 0.0125, 31.5, 32.25));

    [Fact]
    public void A_plan_reads_as_it_was_written_and_moves_with_its_folder()
    {
        Plan made = Make();
        PlanFile.Write(_plan, made);
        Assert.Equal(made, PlanFile.Read(_plan));
        PlanFile.Check(_plan, PlanFile.Read(_plan), _model);

        string moved = Path.Combine(_folder, "moved");
        Directory.CreateDirectory(moved);
        string plan = Path.Combine(moved, "other.json"), model = Path.Combine(moved, "m.gguf");
        File.Move(_plan, plan);
        File.Move(_model, model);
        Assert.Equal(model, PlanFile.Read(plan).Model.Path);
        PlanFile.Check(plan, PlanFile.Read(plan), model);
    }

    [Theory]
    [InlineData("", "is not a plan of takt tune")]
    [InlineData("null", "it holds no JSON object")]
    [InlineData("[1]", "is not a plan of takt tune")]
    [InlineData("{}", "its format is ''")]
    [InlineData("""{"format":"takt-plan","version":2}""", "is a plan of version 2; version 1 is supported")]
    [InlineData("""{"format":"takt-plan","version":1}""", "'source' needs a path")]
    [InlineData("""{"format":"takt-plan","version":"x"}""", "is not a plan of takt tune")]
    public void What_is_no_plan_is_refused(string text, string expected)
    {
        File.WriteAllText(_plan, text);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PlanFile.Read(_plan)).Message);
    }

    public static TheoryData<string, string?, string> Damages => new()
    {
        { "source.fingerprint", "\"xyz\"", "'source' needs" },
        { "model.path", "\"\"", "'model' needs" },
        { "model.bytes", "-1", "'model' needs" },
        { "processor", null, "'processor' is missing" },
        { "options", null, "'options' needs" },
        { "options.threads", "0", "'options' needs" },
        { "options.threads", "1e9", "is not a plan" },
        { "options.streams", "3", "'options' needs" },
        { "options.prefetch_bytes", "99999999", "'options' needs" },
        { "options.kv_type", "\"f64\"", "'kv_type' is 'f64'" },
        { "options.tier", "7", "is not a plan" },
        { "figures.kl", "-1", "'figures' needs" },
        { "figures", "null", "'figures' needs" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Every_value_is_checked(string place, string? value, string expected)
    {
        PlanFile.Write(_plan, Make());
        JsonNode root = JsonNode.Parse(File.ReadAllText(_plan))!;
        string[] names = place.Split('.');
        JsonObject owner = names.Length == 1 ? root.AsObject() : root[names[0]]!.AsObject();
        Assert.True(owner.ContainsKey(names[^1]), place);
        if (value is null) owner.Remove(names[^1]);
        else owner[names[^1]] = JsonNode.Parse(value);
        File.WriteAllText(_plan, root.ToJsonString());
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PlanFile.Read(_plan)).Message);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        PlanFile.Write(_plan, Make());
        byte[] whole = File.ReadAllBytes(_plan);
        for (int length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllBytes(_plan, whole[..length]);
            Assert.Throws<InvalidDataException>(() => PlanFile.Read(_plan));
        }

        File.WriteAllText(_plan, new string(' ', 2 << 20));
        Assert.Contains("has more than", Assert.Throws<InvalidDataException>(() => PlanFile.Read(_plan)).Message);
        Assert.Throws<FileNotFoundException>(() => PlanFile.Read(Path.Combine(_folder, "none.json")));
    }

    [Fact]
    public void Another_model_or_machine_is_refused()
    {
        string other = Path.Combine(_folder, "other.gguf");
        File.WriteAllText(other, "something else");
        Plan plan = Make();
        Assert.Contains("was made for m.gguf", Refusal(plan, other));
        Assert.Contains("was made on 'Abacus'", Refusal(plan with { Processor = "Abacus" }, _model));
        Assert.Contains("kernel tier 'sve9'", Refusal(plan with { Options = plan.Options with { Tier = "sve9" } }, _model));
        PlanModel tuned = ModelFingerprint.Of(other);
        Assert.Contains("has changed since", Refusal(plan with { Model = tuned with { Fingerprint = new string('0', 64) } }, _model));
        // The plan's own model may be named as well as the one that was tuned.
        PlanFile.Check(_plan, plan with { Model = tuned }, other);
        File.Delete(other);
        Assert.Contains("is missing", Assert.Throws<FileNotFoundException>(() => PlanFile.Check(_plan, plan with { Model = tuned }, _model)).Message);
    }

    [Fact]
    public void A_fingerprint_tells_models_apart_and_knows_copies()
    {
        string copy = Path.Combine(_folder, "copy.bin");
        File.Copy(_model, copy);
        Assert.Equal(ModelFingerprint.Of(_model).Fingerprint, ModelFingerprint.Of(copy).Fingerprint);
        foreach (int place in (int[])[0, 299_999])
        {
            byte[] bytes = File.ReadAllBytes(_model);
            bytes[place]++;
            File.WriteAllBytes(copy, bytes);
            Assert.NotEqual(ModelFingerprint.Of(_model).Fingerprint, ModelFingerprint.Of(copy).Fingerprint);
        }

        File.WriteAllBytes(Path.Combine(_folder, "config.json"), [1]);
        PlanModel folder = ModelFingerprint.Of(_folder);
        File.WriteAllBytes(Path.Combine(_folder, "config.json"), [2]);
        Assert.NotEqual(folder.Fingerprint, ModelFingerprint.Of(_folder).Fingerprint);
    }

    private string Refusal(Plan plan, string model) => Assert.Throws<InvalidDataException>(() => PlanFile.Check(_plan, plan, model)).Message;
}
