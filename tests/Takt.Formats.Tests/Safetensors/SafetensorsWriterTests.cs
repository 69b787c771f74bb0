using Takt.Formats.Safetensors;

namespace Takt.Formats.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void What_was_written_is_read()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "m.safetensors");
        TensorInfo[] tensors = [new("é\"", TensorType.F32, [3, 2]), new("b", TensorType.BF16, []), new("c", TensorType.I64, [0])];
        SafetensorsWriter.Write(path, new Dictionary<string, string> { ["format"] = "pt", ["名"] = "\n" }, tensors,
            (info, stream) => stream.Write([.. Enumerable.Range(1, (int)info.ByteLength).Select(static i => (byte)i)]));

        using ModelFile file = SafetensorsReader.Open(path);

        Assert.Equal([KeyValuePair.Create("format", (object)"pt"), KeyValuePair.Create("名", (object)"\n")], file.Metadata);
        Assert.Equal(tensors.Select(static t => (t.Name, t.Type)), file.Tensors.Select(static t => (t.Name, t.Type)));
        Assert.Equal([3L, 2L], file.Tensors[0].Shape);
        Assert.Equal(Enumerable.Range(1, 24).Select(static i => (byte)i), file.Tensors[0].Bytes.ToArray());
        Assert.Equal([1, 2], file.Tensors[1].Bytes.ToArray());
        Assert.Equal(0, file.Tensors[0].Data % 8);
    }

    // The layout that the reference implementation writes for the same tensors.
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "m.safetensors");
        SafetensorsWriter.Write(path, None, [new("t", TensorType.F16, [3, 1])], static (_, stream) => stream.Write([1, 2, 3, 4, 5, 6]));
        Assert.Equal(
            SafetensorsBytes.Build("""{"t":{"dtype":"F16","shape":[1,3],"data_offsets":[0,6]}}        """[..56], 1, 2, 3, 4, 5, 6),
            File.ReadAllBytes(path));
    }

    [Fact]
    public void Quantised_and_repeated_tensors_are_refused()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "m.safetensors");
        Assert.Contains("q4_0", Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(path, None, [new("t", TensorType.Q4_0, [32])], static (_, _) => { })).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(path, None, [new("t", TensorType.F32, []), new("t", TensorType.F32, [])], static (_, _) => { })).Message);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
