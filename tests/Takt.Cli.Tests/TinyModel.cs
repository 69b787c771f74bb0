using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Testing;

[assembly: AssemblyFixture(typeof(Takt.Cli.Tests.TinyModel))]

namespace Takt.Cli.Tests;

/// <summary>Small models with random weights in a folder of their own, for tests that need any model at all.</summary>
public sealed class TinyModel : IDisposable
{
    internal const string Template =
        "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private static readonly RandomModelSize _size = new()
    {
        Hidden = 64,
        Layers = 2,
        Heads = 4,
        KvHeads = 2,
        HeadSize = 16,
        FeedForward = 96,
        Vocabulary = 300,
        Context = 128,
    };

    public TinyModel()
    {
        using ModelFile model = RandomModel.Create("llama", _size);
        // Its vocabulary has no space that stands alone.
        KeyValuePair<string, object>[] metadata = [.. model.Metadata, new("tokenizer.ggml.add_space_prefix", false)];
        Plain = Write("plain.gguf", model, metadata);
        Chat = Write("chat.gguf", model, metadata.Append(new("tokenizer.chat_template", Template)));
        Bare = Write("bare.gguf", model, model.Metadata.Where(pair => !pair.Key.StartsWith("tokenizer.", StringComparison.Ordinal)));
        Unknown = Write("unknown.gguf", model, model.Metadata.Select(
            pair => pair.Key == "general.architecture" ? new(pair.Key, "martian") : pair));
    }

    /// <summary>The folder, for files that tests write.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("takt-cli-").FullName;

    /// <summary>A model with a tokenizer and no chat template.</summary>
    public string Plain { get; }

    /// <summary>A model with a chat template.</summary>
    public string Chat { get; }

    /// <summary>A model without a tokenizer.</summary>
    public string Bare { get; }

    /// <summary>A model of an architecture that nobody knows.</summary>
    public string Unknown { get; }

    public string File(string name) => Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Write(string name, ModelFile model, IEnumerable<KeyValuePair<string, object>> metadata)
    {
        GgufWriter.Write(File(name), metadata, [.. model.Tensors.Select(t => t.Info)], (info, stream) => model.Find(info.Name)!.CopyTo(stream));
        return File(name);
    }
}
