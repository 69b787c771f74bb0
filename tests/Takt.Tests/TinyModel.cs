using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Testing;

[assembly: AssemblyFixture(typeof(Takt.Tests.TinyModel))]

namespace Takt.Tests;

/// <summary>A small model with random weights, with a chat template and without.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("takt-").FullName;

    public TinyModel()
    {
        var size = new RandomModelSize { Hidden = 64, Layers = 2, Heads = 4, KvHeads = 2, HeadSize = 16, FeedForward = 96, Vocabulary = 300, Context = 128 };
        using ModelFile model = RandomModel.Create("llama", size);
        KeyValuePair<string, object>[] metadata = [.. model.Metadata, new("tokenizer.ggml.add_space_prefix", false)];
        Plain = Write("plain.gguf", model, metadata);
        Chat = Write("chat.gguf", model, metadata.Append(
            new("tokenizer.chat_template", "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}[assistant]")));
    }

    public string Plain { get; }

    public string Chat { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, ModelFile model, IEnumerable<KeyValuePair<string, object>> metadata)
    {
        string path = Path.Combine(_folder, name);
        GgufWriter.Write(path, metadata, [.. model.Tensors.Select(t => t.Info)], (info, stream) => model.Find(info.Name)!.CopyTo(stream));
        return path;
    }
}
