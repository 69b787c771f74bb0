using Takt.Formats.Safetensors;

namespace Takt.Formats.Tests.Safetensors;

public sealed class SafetensorsShardsTests
{
    private static readonly string[] Names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];

    private static string WriteModel(TempFolder folder, string index)
    {
        folder.Write(Names[0], SafetensorsBytes.Build("""{"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}}""", 1, 2));
        folder.Write(Names[1], SafetensorsBytes.Build("""{"b":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 3));
        return folder.Write("model.safetensors.index.json", index);
    }

    [Fact]
    public void An_index_opens_all_its_files()
    {
        using var folder = new TempFolder();
        string path = WriteModel(folder, $$$"""{"metadata":{"total_size":3},"weight_map":{"a":"{{{Names[0]}}}","b":"{{{Names[1]}}}"}}""");
        using ModelFile file = SafetensorsReader.Open(path);
        Assert.Equal([1, 2], file.Find("a")!.Bytes.ToArray());
        Assert.Equal([3], file.Find("b")!.Bytes.ToArray());
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../model-00001-of-00002.safetensors"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":".."}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":""}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":5}}""", "plain name")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""", "not valid JSON")]
    [InlineData("""{"weight_map":{"\ud800":"x"}}""", "JSON")]
    [InlineData("""{"weight_map":{}}""", "no weight_map")]
    [InlineData("""{"weight_map":7}""", "no weight_map")]
    [InlineData("{}", "no weight_map")]
    [InlineData("[]", "object was expected")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    [InlineData("""{"weight_map":{"a":"model-00001-of-00002.safetensors","a":"model-00002-of-00002.safetensors"}}""", "not valid JSON")]
    [InlineData("""{"weight_map":{"b":"model-00001-of-00002.safetensors"}}""", "lacks the tensor 'b'")]
    [InlineData("""{"weight_map":{"a":"model.safetensors.index.json"}}""", "not a safetensors file")]
    public void A_bad_index_is_refused(string index, string message)
    {
        using var folder = new TempFolder();
        string path = WriteModel(folder, index);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message);
    }

    [Fact]
    public void A_depth_bomb_is_refused()
    {
        using var folder = new TempFolder();
        string path = folder.Write("model.safetensors.index.json", string.Concat(Enumerable.Repeat("{\"a\":", 1_000_000)));
        Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TempFolder();
        string path = WriteModel(folder, """{"weight_map":{"a":"model-00001-of-00002.safetensors","c":"model-00003.safetensors"}}""");
        Assert.Contains("model-00003.safetensors", Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(path)).Message);
    }

    [Fact]
    public void The_same_tensor_in_two_files_is_refused()
    {
        using var folder = new TempFolder();
        string path = WriteModel(folder, $$$"""{"weight_map":{"a":"{{{Names[0]}}}","b":"{{{Names[1]}}}"}}""");
        File.Copy(Path.Combine(folder.Path, Names[0]), Path.Combine(folder.Path, "copy.safetensors"));
        folder.Write(Path.GetFileName(path), $$$"""{"weight_map":{"a":"{{{Names[0]}}}","a2":"copy.safetensors"}}""");
        Assert.Contains("lacks the tensor 'a2'", Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message);
        folder.Write(Names[1], SafetensorsBytes.Build(
            """{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"I8","shape":[1],"data_offsets":[1,2]}}""", 3, 4));
        folder.Write(Path.GetFileName(path), $$$"""{"weight_map":{"a":"{{{Names[0]}}}","b":"{{{Names[1]}}}"}}""");
        Assert.Contains("named 'a'", Assert.Throws<InvalidDataException>(() => SafetensorsReader.Open(path)).Message);
    }
}
