using Takt.Formats.Gguf;

namespace Takt.Formats.Tests.Gguf;

public sealed class GgufShardsTests
{
    private static byte[] Part(int number, int count, string tensor, int total) => new GgufBytes()
        .Pair("general.name", 8, $"part {number}")
        .Pair("split.no", 2, (ushort)number)
        .Pair("split.count", 2, (ushort)count)
        .Pair("split.tensors.count", 5, total)
        .Tensor(tensor, 24, [(byte)number, 7], 2)
        .Build();

    private static string[] WriteThree(TempFolder folder) =>
        [.. Enumerable.Range(0, 3).Select(i => folder.Write($"m-{i + 1:d5}-of-00003.gguf", Part(i, 3, $"t{i}", 3)))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_part_opens_the_whole_model(int given)
    {
        using var folder = new TempFolder();
        using ModelFile file = GgufReader.Open(WriteThree(folder)[given]);

        Assert.Equal(["t0", "t1", "t2"], file.Tensors.Select(static t => t.Name));
        for (int i = 0; i < 3; i++) Assert.Equal([(byte)i, 7], file.Tensors[i].Bytes.ToArray());
        Assert.Equal("part 0", file.Metadata["general.name"]);
        Assert.DoesNotContain(file.Metadata.Keys, static key => key.StartsWith("split.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_part_is_named()
    {
        using var folder = new TempFolder();
        string[] paths = WriteThree(folder);
        File.Delete(paths[1]);
        Assert.Contains("part 2 of 3 is missing", Assert.Throws<FileNotFoundException>(() => GgufReader.Open(paths[2])).Message);
    }

    [Fact]
    public void A_part_under_the_name_of_another_is_refused()
    {
        using var folder = new TempFolder();
        string[] paths = WriteThree(folder);
        File.Copy(paths[0], paths[1], overwrite: true);
        Assert.Contains("split.no is 0", Assert.Throws<InvalidDataException>(() => GgufReader.Open(paths[0])).Message);
        File.Delete(paths[1]);
        File.CreateSymbolicLink(paths[1], paths[0]);
        Assert.Contains("split.no is 0", Assert.Throws<InvalidDataException>(() => GgufReader.Open(paths[0])).Message);
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        using var folder = new TempFolder();
        string[] paths = WriteThree(folder);
        folder.Write("m-00003-of-00003.gguf", Part(2, 4, "t2", 3));
        Assert.Contains("split.count is 4", Assert.Throws<InvalidDataException>(() => GgufReader.Open(paths[0])).Message);
        folder.Write("m-00003-of-00003.gguf", Part(2, 3, "t0", 3));
        Assert.Contains("named 't0'", Assert.Throws<InvalidDataException>(() => GgufReader.Open(paths[0])).Message);
        folder.Write("m-00001-of-00003.gguf", Part(0, 3, "t0", 9));
        folder.Write("m-00003-of-00003.gguf", Part(2, 3, "t2", 9));
        Assert.Contains("split.tensors.count is 9", Assert.Throws<InvalidDataException>(() => GgufReader.Open(paths[0])).Message);
    }

    [Theory]
    [InlineData("model.gguf")]
    [InlineData("m-00001-of-00000.gguf")]
    [InlineData("m-1-of-3.gguf")]
    public void A_renamed_part_cannot_find_the_others(string name)
    {
        using var folder = new TempFolder();
        string path = folder.Write(name, Part(0, 3, "t0", 3));
        Assert.Contains("original name", Assert.Throws<InvalidDataException>(() => GgufReader.Open(path)).Message);
    }

    [Fact]
    public void Keys_of_the_wrong_type_are_refused()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m-00001-of-00002.gguf", new GgufBytes().Pair("split.count", 8, "two").Build());
        Assert.Contains("'split.count' is two (String)", Assert.Throws<InvalidDataException>(() => GgufReader.Open(path)).Message);
        folder.Write(Path.GetFileName(path), new GgufBytes().Pair("split.count", 2, (ushort)2).Build());
        Assert.Contains("'split.no' is missing", Assert.Throws<InvalidDataException>(() => GgufReader.Open(path)).Message);
    }

    [Fact]
    public void A_whole_model_may_be_called_like_a_part()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m-00001-of-00002.gguf", new GgufBytes().Pair("k", 0, (byte)1).Build());
        using ModelFile file = GgufReader.Open(path);
        Assert.Single(file.Metadata);
    }
}
