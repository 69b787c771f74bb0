using System.Globalization;
using Takt.Evaluation;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Testing;

namespace Takt.Tests;

/// <summary>A loaded model is in memory once: packed, without the file's pages beside it.</summary>
public sealed class WeightMemoryTests
{
    [Fact]
    public void The_files_pages_are_let_go() => WithModel(
        new RandomModelSize { Hidden = 512, Layers = 4, Heads = 8, KvHeads = 8, HeadSize = 64, FeedForward = 1024, Vocabulary = 300, Context = 64 },
        path =>
        {
            var shares = new List<double>();
            using TaktModel model = TaktModel.Open(path, new ModelOptions { Threads = 2, Progress = shares.Add });
            long bytes = new FileInfo(path).Length;
            Assert.True(model.Weights.PackedBytes > bytes * 0.9);
            Assert.True(Resident(path) < bytes / 10, $"{Resident(path)} of {bytes} bytes are resident");
            Assert.Equal(shares.Order(), shares);
            Assert.Equal(1, shares[^1]);
        });

    [Fact]
    public void A_long_prompt_leaves_none_of_a_large_table_behind() => WithModel(
        new RandomModelSize { Hidden = 64, Layers = 1, Heads = 2, KvHeads = 2, HeadSize = 32, FeedForward = 64, Vocabulary = 80_000, Context = 256 },
        path =>
        {
            using TaktModel model = TaktModel.Open(path, new ModelOptions { Threads = 1 });
            new CycleMeter(model.Engine).Prefill(200, repeats: 2, TestContext.Current.CancellationToken);
            long bytes = new FileInfo(path).Length;
            Assert.True(Resident(path) < bytes / 10, $"{Resident(path)} of {bytes} bytes are resident");
        });

    private static void WithModel(RandomModelSize size, Action<string> test)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("resident pages of a mapping are read from Linux' /proc/self/smaps");
        string folder = Directory.CreateTempSubdirectory("takt-memory-").FullName;
        try
        {
            string path = Path.Combine(folder, "model.gguf");
            using (ModelFile file = RandomModel.Create("llama", size))
                GgufWriter.Write(path, file.Metadata, [.. file.Tensors.Select(t => t.Info)], (info, stream) => file.Find(info.Name)!.CopyTo(stream));
            test(path);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Resident(string path)
    {
        long bytes = 0;
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (!char.IsUpper(line[0])) inside = line.EndsWith(path, StringComparison.Ordinal);
            else if (inside && line.StartsWith("Rss:", StringComparison.Ordinal))
                bytes += 1024 * long.Parse(line[4..^2].Trim(), CultureInfo.InvariantCulture);
        }

        return bytes;
    }
}
