using System.Text.Json;
using Takt.Cli.Shell;

namespace Takt.Cli.Tests;

public class TuneTests(TinyModel models)
{
    private static readonly string[] _steps = ["graph", "moments", "parallel", "restructure", "hardware", "evaluate"];

    // Random weights predict next to nothing, so their divergence is small in any type: what is asked is that the whole works and fits together.
    [Fact]
    public void A_plan_is_made_and_every_command_runs_by_it()
    {
        string plan = models.File("tuned.plan.json"), text = models.Write("text.txt", string.Concat(Enumerable.Repeat("the quick brown fox; ", 40)));
        JsonElement json = TaktRun.Of("tune", models.Chat, "--out", plan, "--kl", "5", "--text", text, "-t", "1", "--json").Succeeded().Json;
        JsonElement[] steps = [.. json.GetProperty("steps").EnumerateArray()];
        Assert.Equal(_steps, steps.Select(static step => step.GetProperty("name").GetString()));
        Assert.All(steps, static step =>
        {
            Assert.True(step.GetProperty("before").GetDouble() > 0 && step.GetProperty("after").GetDouble() > 0);
            Assert.NotEmpty(step.GetProperty("why").GetString()!);
        });
        Assert.InRange(json.GetProperty("kl_mean").GetDouble(), 0, json.GetProperty("kl_bound").GetDouble());
        Assert.Equal(["q8_0", "q5_1", "q5_0", "q4_0", "iq4_nl"], json.GetProperty("singles").EnumerateArray().Select(single => single.GetProperty("type").GetString()));
        Assert.True(File.Exists(plan) && File.Exists(json.GetProperty("model").GetString()));

        TaktRun.Of("run", models.Chat, "hello", "-n", "3", "--plan", plan).Succeeded();
        TaktRun.Of("profile", models.Chat, "hello", "-n", "3", "--plan", plan).Succeeded();
        TaktRun.With("hi\n", "chat", models.Chat, "-n", "3", "--plan", plan).Succeeded();
        JsonElement bench = TaktRun.Of("bench", models.Chat, "-p", "0", "-n", "4", "-b", "0", "-r", "1", "--plan", plan, "--json").Succeeded().Json;
        Assert.Equal(1, bench.GetProperty("threads").GetInt32());
        // What is asked for goes before the plan.
        Assert.Equal(2, TaktRun.Of("bench", models.Chat, "-p", "0", "-n", "4", "-b", "0", "-r", "1", "--plan", plan, "-t", "2", "--json")
            .Succeeded().Json.GetProperty("threads").GetInt32());
    }

    [Fact]
    public void Frozen_weights_stay_and_people_read_why()
    {
        string plan = models.File("frozen.plan.json");
        TaktRun run = TaktRun.Of("tune", models.Plain, "-o", plan, "--keep-quant", "-t", "1").Succeeded();
        Assert.Contains("weights kept as they are", run.Out);
        Assert.Contains("plan: " + plan, run.Out);
        Assert.DoesNotContain('\e', run.Out + run.Error);
        Assert.False(File.Exists(Path.ChangeExtension(plan, ".gguf")));
        // The same model runs by it, another one does not.
        TaktRun.Of("run", models.Plain, "a", "-n", "2", "--plan", plan).Succeeded();
        TaktRun other = TaktRun.Of("run", models.Chat, "a", "-n", "2", "--plan", plan);
        Assert.Equal(1, other.Code);
        Assert.Contains("was made for plain.gguf", other.Error);
        Assert.Contains("请改用该模型，或对此模型调优", TaktRun.Chinese("", "run", models.Chat, "a", "--plan", plan).Error);

        TaktRun chinese = TaktRun.Chinese("", "tune", models.Plain, "-o", plan, "--keep-quant", "-t", "1").Succeeded();
        Assert.Contains("权重保持不变", chinese.Out);
    }

    [Theory]
    [InlineData(2, "--kl: -1 is out of range", "--kl", "-1")]
    [InlineData(2, "--out: 'plan.txt' is not named .json", "--out", "plan.txt")]
    [InlineData(2, "--depth: 0 is out of range", "--depth", "0")]
    [InlineData(1, "the folder does not exist", "--out", "no/such/plan.json")]
    [InlineData(1, "Could not find file", "--text", "none.txt")]
    public void A_wrong_call_is_explained_before_any_work(int code, string expected, params string[] options)
    {
        TaktRun run = TaktRun.Of(["tune", models.Plain, .. options]);
        Assert.Equal(code, run.Code);
        Assert.Contains(expected, run.Error);
        Assert.Empty(run.Out);
    }

    [Fact]
    public void What_cannot_be_tuned_is_explained()
    {
        string plan = models.File("none.plan.json");
        Assert.Contains("has no tokenizer", TaktRun.Of("tune", models.Bare, "-o", plan).Error);
        Assert.Contains("is not a known decoder", TaktRun.Of("tune", models.Unknown, "-o", plan).Error);
        string text = models.Write("short.txt", "ab");
        Assert.Contains("needs a text of at least 24 tokens; this one has", TaktRun.Of("tune", models.Plain, "-o", plan, "--text", text).Error);
        Assert.Contains("调优至少需要", TaktRun.Chinese("", "tune", models.Plain, "-o", plan, "--text", text).Error);
        string same = models.File("same.plan.gguf");
        File.Copy(models.Plain, same);
        Assert.Contains("would replace the model", TaktRun.Of("tune", same, "-o", models.File("same.plan.json")).Error);
        Assert.False(File.Exists(plan));
    }

    [Fact]
    public void A_file_that_is_no_plan_is_refused()
    {
        TaktRun run = TaktRun.Of("bench", models.Plain, "--plan", models.Write("bad.json", "{}"));
        Assert.Equal(1, run.Code);
        Assert.Contains("is not a plan of takt tune: its format is '', not 'takt-plan'. Make one with takt tune MODEL.", run.Error);
        Assert.Contains("不是 takt tune 的方案", TaktRun.Chinese("", "bench", models.Plain, "--plan", models.File("bad.json")).Error);
        Assert.Contains("Could not find file", TaktRun.Of("run", models.Plain, "a", "--plan", models.File("absent.json")).Error);
    }

    [Fact]
    public void Ctrl_C_leaves_nothing_behind()
    {
        using MemoryStream stdin = new(), stdout = new(), stderr = new();
        var terminal = new Terminal(stdin, stdout, stderr, Language.En);
        terminal.Interrupt.Press();
        Assert.Equal(130, Program.Run(["tune", models.Plain, "-o", models.File("stopped.plan.json")], terminal));
        Assert.Empty(Directory.GetFiles(models.Folder, "stopped*"));
        Assert.Empty(Directory.GetFiles(models.Folder, ".*.tmp"));
    }
}
