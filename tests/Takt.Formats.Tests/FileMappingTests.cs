using Takt.Formats.Gguf;
using Takt.Formats.Tests.Gguf;

namespace Takt.Formats.Tests;

public sealed class FileMappingTests
{
    private static readonly byte[] Content = new GgufBytes().Tensor("t", 24, [.. Enumerable.Repeat((byte)7, 10_000)], 10_000).Build();

    private static bool IsMapped(string path)
    {
        if (!File.Exists("/proc/self/maps")) Assert.Skip("needs /proc/self/maps");
        return File.ReadLines("/proc/self/maps").Any(line => line.Contains(path, StringComparison.Ordinal));
    }

    [Fact]
    public void Dispose_releases_the_mapping_and_may_be_repeated()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m.gguf", Content);
        ModelFile file = GgufReader.Open(path);
        Assert.True(IsMapped(path));
        file.Dispose();
        file.Dispose();
        Assert.False(IsMapped(path));
    }

    [Fact]
    public void A_refused_file_is_released()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m.gguf", Content[..^100]);
        Assert.Throws<InvalidDataException>(() => GgufReader.Open(path));
        Assert.False(IsMapped(path));
        File.WriteAllBytes(path, Content);
        GgufReader.Open(path).Dispose();
    }

    [Fact]
    public void A_file_can_be_opened_twice_and_read_by_others()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m.gguf", Content);
        using ModelFile first = GgufReader.Open(path), second = GgufReader.Open(path);
        Assert.Equal(Content, File.ReadAllBytes(path));
        Assert.True(first.Find("t")!.Bytes.SequenceEqual(second.Find("t")!.Bytes));
    }

    [Fact]
    public void A_read_only_file_opens()
    {
        using var folder = new TempFolder();
        string path = folder.Write("m.gguf", Content);
        File.SetAttributes(path, FileAttributes.ReadOnly);
        GgufReader.Open(path).Dispose();
        File.SetAttributes(path, FileAttributes.Normal);
    }

    [Fact]
    public void An_open_file_may_be_replaced_or_deleted()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows keeps mapped files in their place");
        using var folder = new TempFolder();
        string path = folder.Write("m.gguf", Content);
        using ModelFile file = GgufReader.Open(path);

        // A model may be rewritten from its own tensors.
        GgufWriter.Write(path, [], [new("n", TensorType.I8, [1])], (_, stream) => stream.Write(file.Find("t")!.Bytes[..1]));
        using (ModelFile replaced = GgufReader.Open(path)) Assert.Equal([7], replaced.Find("n")!.Bytes.ToArray());
        File.Delete(path);

        Assert.Equal(-1, file.Find("t")!.Bytes.IndexOfAnyExcept((byte)7));
    }

    [Fact]
    public void Folders_and_missing_files_are_errors_of_input_and_output()
    {
        using var folder = new TempFolder();
        Assert.Throws<FileNotFoundException>(() => GgufReader.Open(Path.Combine(folder.Path, "none")));
        Assert.Throws<UnauthorizedAccessException>(() => GgufReader.Open(folder.Path));
        Assert.Contains("empty", Assert.Throws<InvalidDataException>(() => GgufReader.Open(folder.Write("empty", []))).Message);
    }
}
