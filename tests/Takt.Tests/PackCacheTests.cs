using Takt.Models.Packing;

namespace Takt.Tests;

/// <summary>Kept files of packed weights: the numbers are those of packing, and nothing in such a file is believed.</summary>
public sealed class PackCacheTests(TinyModel models) : IDisposable
{
    private static readonly int[] _ids = [1, 5, 9, 30, 7];

    private readonly string _folder = Directory.CreateTempSubdirectory("takt-pack-").FullName;

    private PackCache Cache => new(Path.Combine(_folder, "kept"));

    private string File => Path.Combine(Cache.Folder, Assert.Single(Cache.Entries()).Name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_second_start_maps_what_the_first_kept()
    {
        float[] expected = Logits(models.Plain, null, WeightOrigin.Packed);
        Assert.Equal(expected, Logits(models.Plain, Cache, WeightOrigin.PackedAndKept));
        Assert.Equal(expected, Logits(models.Plain, Cache, WeightOrigin.Cache));
        Assert.Equal(expected, Logits(models.Plain, null, WeightOrigin.Packed));
    }

    [Fact]
    public void Damaged_files_are_written_anew()
    {
        float[] expected = Logits(models.Plain, Cache, WeightOrigin.PackedAndKept);
        string path = File;
        byte[] good = System.IO.File.ReadAllBytes(path);
        byte[][] bad =
        [
            [], good[..10], good[..4096], good[..^1], [.. good, 0], new byte[good.Length], [.. good[..^100], .. new byte[100]],
            .. Enumerable.Range(0, 40).Select(i => Flipped(good, i * 13)),
            Flipped(good, 4095), Flipped(good, 4096), Flipped(good, good.Length - 1),
        ];
        foreach (byte[] bytes in bad)
        {
            System.IO.File.WriteAllBytes(path, bytes);
            Assert.Equal(expected, Logits(models.Plain, Cache, WeightOrigin.PackedAndKept));
            Assert.Equal(good, System.IO.File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void A_file_of_another_model_is_not_taken()
    {
        Logits(models.Plain, Cache, WeightOrigin.PackedAndKept);
        string plain = File;
        var other = new PackCache(Path.Combine(_folder, "other"));
        float[] expected = Logits(models.Chat, other, WeightOrigin.PackedAndKept);
        string chat = Path.Combine(other.Folder, Assert.Single(other.Entries()).Name);
        System.IO.File.Copy(plain, chat, overwrite: true);
        Assert.Equal(expected, Logits(models.Chat, other, WeightOrigin.PackedAndKept));
    }

    [Fact]
    public void A_model_that_changed_is_packed_again()
    {
        string copy = Path.Combine(_folder, "copy.gguf");
        System.IO.File.Copy(models.Plain, copy);
        Logits(copy, Cache, WeightOrigin.PackedAndKept);
        System.IO.File.SetLastWriteTimeUtc(copy, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Logits(copy, Cache, WeightOrigin.PackedAndKept);
        Assert.Equal(2, Cache.Entries().Count);
        Assert.Equal(2, Cache.Clear().Count);
        Assert.Empty(Cache.Entries());
    }

    [Fact]
    public void Where_nothing_can_be_written_models_run_all_the_same()
    {
        string blocked = Path.Combine(_folder, "blocked");
        System.IO.File.WriteAllText(blocked, "a file, not a folder");
        Logits(models.Plain, new PackCache(blocked), WeightOrigin.Packed);
        Logits(models.Plain, new PackCache(Path.Combine(blocked, "below")), WeightOrigin.Packed);
        Assert.Equal("a file, not a folder", System.IO.File.ReadAllText(blocked));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("/some/where", "/some/where")]
    public void The_environment_turns_it_on(string? value, string? folder) => Assert.Equal(folder, PackCache.OfEnvironment(value)?.Folder);

    [Fact]
    public void One_means_the_users_folder() => Assert.Equal(PackCache.DefaultFolder, PackCache.OfEnvironment("1")!.Folder);

    private static float[] Logits(string path, PackCache? cache, WeightOrigin origin)
    {
        using TaktModel model = TaktModel.Open(path, new ModelOptions { PackCache = cache, Threads = 2 });
        Assert.Equal(origin, model.Weights.Origin);
        float[]? logits = null;
        model.ReadLogits(_ids, all: false, (_, row) => logits = row.ToArray(), TestContext.Current.CancellationToken);
        return logits!;
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= 0x40;
        return copy;
    }
}
