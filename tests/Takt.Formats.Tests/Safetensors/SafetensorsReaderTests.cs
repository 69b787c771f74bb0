using System.Text.Json;
using Takt.Formats.Safetensors;
using Takt.Testing;

namespace Takt.Formats.Tests.Safetensors;

public sealed unsafe class SafetensorsReaderTests
{
    private static ModelFile Open(byte[] bytes) =>
        InMemory.Open(bytes, (start, length, owner) => SafetensorsReader.Parse("test.safetensors", start, length, owner));

    private static string Refused(string header, params byte[] data) =>
        Assert.Throws<InvalidDataException>(() => Open(SafetensorsBytes.Build(header, data))).Message;

    [Fact]
    public void Shapes_are_reversed_and_data_is_found()
    {
        const string Header = """
            {"__metadata__":{"format":"pt"},
             "b":{"dtype":"F32","shape":[2,1],"data_offsets":[3,11]},
             "a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},
             "scalar":{"dtype":"BF16","shape":[],"data_offsets":[11,13],"unknown":{"x":[1,[2]]}},
             "none":{"dtype":"I64","shape":[0,5],"data_offsets":[13,13]}}  
            """;
        using ModelFile file = Open(SafetensorsBytes.Build(Header, [.. Enumerable.Range(0, 13).Select(static i => (byte)i)]));

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(["b", "a", "scalar", "none"], file.Tensors.Select(static t => t.Name));
        Assert.Equal([1L, 2L], file.Find("b")!.Shape);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10], file.Find("b")!.Bytes.ToArray());
        Assert.Equal(TensorType.I8, file.Find("a")!.Type);
        Assert.Equal([0, 1, 2], file.Find("a")!.Bytes.ToArray());
        Assert.Equal(TensorType.BF16, file.Find("scalar")!.Type);
        Assert.Equal(1, file.Find("scalar")!.Count);
        Assert.Equal(0, file.Find("none")!.Count);
    }

    [Theory]
    [InlineData("F32", TensorType.F32, 4)]
    [InlineData("F16", TensorType.F16, 2)]
    [InlineData("BF16", TensorType.BF16, 2)]
    [InlineData("F64", TensorType.F64, 8)]
    [InlineData("I8", TensorType.I8, 1)]
    [InlineData("U8", TensorType.I8, 1)]
    [InlineData("BOOL", TensorType.I8, 1)]
    [InlineData("I16", TensorType.I16, 2)]
    [InlineData("I32", TensorType.I32, 4)]
    [InlineData("I64", TensorType.I64, 8)]
    public void Each_element_type_has_its_size(string name, TensorType type, int bytes)
    {
        string header = $$$"""{"t":{"dtype":"{{{name}}}","shape":[2],"data_offsets":[0,{{{2 * bytes}}}]}}""";
        using ModelFile file = Open(SafetensorsBytes.Build(header, new byte[2 * bytes]));
        Assert.Equal(type, file.Find("t")!.Type);
        Assert.Equal(2 * bytes, file.Find("t")!.ByteLength);
    }

    [Fact]
    public void An_unsupported_element_type_is_named() => Assert.Contains(
        "stored as F8_E4M3; supported are F32", Refused("""{"t":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]}}""", 0, 0));

    [Fact]
    public void Bad_headers_are_refused()
    {
        Assert.Contains("JSON", Refused(""));
        Assert.Contains("JSON object", Refused("[]"));
        Assert.Contains("JSON", Refused("{}x"));
        Assert.Contains("JSON", Refused("{"));
        Assert.Contains("JSON", Refused("""{"\ud800":{}}"""));
        Assert.Contains("JSON", Refused("""{"t":{"x":""" + new string('[', 100_000)));
        Assert.Contains("at most 100000000", Assert.Throws<InvalidDataException>(() => Open(SafetensorsBytes.Build("{}", ulong.MaxValue))).Message);
        Assert.Contains("the file ends", Assert.Throws<InvalidDataException>(() => Open(SafetensorsBytes.Build("{}", 1_000_000UL))).Message);
        Assert.Contains("__metadata__", Refused("""{"__metadata__":{"a":1}}"""));
        Assert.Contains("__metadata__", Refused("""{"__metadata__":[]}"""));
        Assert.Contains("twice", Refused("""{"__metadata__":{},"__metadata__":{}}"""));
        Assert.Contains("twice", Refused("""{"__metadata__":{"a":"b","a":"b"}}"""));
    }

    [Theory]
    [InlineData("""{"t":1}""", "must be an object")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1]}}""", "must have dtype, shape and two data_offsets")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", "must have dtype, shape and two data_offsets")]
    [InlineData("""{"t":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "one dtype")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", "two shapes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}""", "twice")]
    [InlineData("""{"t":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", "one dtype")]
    [InlineData("""{"t":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "must be an array")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}""", "whole numbers")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "negative")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "more than any memory")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "its shape takes 8 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "its shape takes 4 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "its shape takes 4 bytes")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}""", "named 't'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}""", "overlap")]
    [InlineData("""{"t":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}""", "gaps")]
    [InlineData("""{"t":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "take 2 bytes, but 4")]
    [InlineData("""{"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "incomplete")]
    public void Bad_tensors_are_refused(string header, string message) => Assert.Contains(message, Refused(header, 1, 2, 3, 4));

    [Fact]
    public void Real_files_hold_what_their_headers_say()
    {
        foreach (string path in Directory.GetFiles(SharedData.Path("models"), "*.safetensors", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(path);
            int headerLength = BitConverter.ToInt32(bytes);
            using JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
            using ModelFile file = SafetensorsReader.Open(path);
            foreach (JsonProperty entry in header.RootElement.EnumerateObject().Where(static e => e.Name != "__metadata__"))
            {
                Tensor tensor = file.Find(entry.Name)!;
                Assert.Equal(entry.Value.GetProperty("shape").EnumerateArray().Select(static n => n.GetInt64()).Reverse(), tensor.Shape);
                int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(static n => n.GetInt32() + 8)];
                Assert.True(tensor.Bytes.SequenceEqual(bytes.AsSpan((offsets[0] + headerLength)..(offsets[1] + headerLength))));
            }
        }
    }
}
