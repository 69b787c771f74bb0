using System.Text.Json;

namespace Takt.Cli.Tests;

public class TokenizeTests(TinyModel models)
{
    [Fact]
    public void Lines_come_back_in_order()
    {
        string[] texts = ["hello", "", "你好，世界😀", "aword\nquoted\"\ttab", "<s> is text or token"];
        string input = string.Join('\n', texts.Select(t => JsonSerializer.Serialize(t, Json.Default.String))) + "\n";
        string ids = TaktRun.With(input, "tokenize", models.Plain).Succeeded().Out;
        Assert.Equal(texts.Length, ids.TrimEnd('\n').Split('\n').Length);
        Assert.Equal("[]", ids.Split('\n')[1]);

        string back = TaktRun.With(ids, "detokenize", models.Plain).Succeeded().Out;
        Assert.Equal(texts, back.TrimEnd('\n').Split('\n').Select(line => JsonSerializer.Deserialize(line, Json.Default.String)));
    }

    [Fact]
    public void A_text_can_be_an_argument()
    {
        int[] plain = Ids(TaktRun.Of("tokenize", models.Plain, "hello").Succeeded());
        int[] special = Ids(TaktRun.Of("tokenize", models.Plain, "hello", "--special").Succeeded());
        Assert.Equal([1, .. plain], special);
        Assert.Equal("hello\n", TaktRun.Of(["detokenize", models.Plain, .. plain.Select(id => $"{id}")]).Succeeded().Out);
        Assert.Equal("hello\n", TaktRun.Of("detokenize", models.Plain, string.Join(",", plain)).Succeeded().Out);
        Assert.Equal(plain.Length, TaktRun.Of("tokenize", models.Plain, "hello", "--pieces").Succeeded().Out.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Control_tokens_are_written_unless_skipped()
    {
        Assert.Equal("<s>", TaktRun.Of("detokenize", models.Plain, "1").Succeeded().Out.Trim());
        Assert.Equal("", TaktRun.Of("detokenize", models.Plain, "1", "--skip-special").Succeeded().Out.Trim());
    }

    [Theory]
    [InlineData("tokenize", "not json\n", "line 1 of standard input: expected a JSON string")]
    [InlineData("tokenize", "\"ok\"\n\n[1]\n", "line 3 of standard input: expected a JSON string")]
    [InlineData("tokenize", "null\n", "line 1")]
    [InlineData("tokenize", "\"\\ud800\"\n", "line 1")]
    [InlineData("detokenize", "[1, \"a\"]\n", "line 1 of standard input: expected a JSON array of token ids")]
    [InlineData("detokenize", "[1.5]\n", "line 1")]
    [InlineData("detokenize", "[99999999999]\n", "line 1")]
    [InlineData("detokenize", "[300]\n", "'300' is no token id; ids are whole numbers from 0 to 299")]
    [InlineData("detokenize", "[-1]\n", "'-1' is no token id")]
    public void A_bad_line_is_named(string command, string input, string expected)
    {
        TaktRun run = TaktRun.With(input, command, models.Plain);
        Assert.Equal(1, run.Code);
        Assert.Contains(expected, run.Error);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_replaced()
    {
        byte[] input = [(byte)'"', 0xFF, 0xFE, (byte)'"', (byte)'\n'];
        TaktRun run = TaktRun.With(input, _ => null, "tokenize", models.Plain).Succeeded();
        Assert.Equal("\uFFFD\uFFFD", JsonSerializer.Deserialize(TaktRun.With(run.Out, "detokenize", models.Plain).Out, Json.Default.String));
    }

    [Fact]
    public void A_model_without_a_tokenizer_says_so()
    {
        TaktRun run = TaktRun.Of("tokenize", models.Bare, "x");
        Assert.Equal(1, run.Code);
        Assert.Contains("has no tokenizer", run.Error);
    }

    [Fact]
    public void Files_of_tokenizers_are_models_too()
    {
        string json = Testing.SharedData.Path("tokenizers", "gpt2", "tokenizer.json");
        Assert.Equal([31373, 995], Ids(TaktRun.Of("tokenize", json, "hello world").Succeeded()));
        Assert.Equal("hello world\n", TaktRun.Of("detokenize", json, "[31373, 995]").Succeeded().Out);
    }

    private static int[] Ids(TaktRun run) => [.. run.Json.EnumerateArray().Select(id => id.GetInt32())];
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class Json : System.Text.Json.Serialization.JsonSerializerContext;
