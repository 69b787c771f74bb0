using System.Text.Json;
using Takt.Formats;
using Takt.Models.Architectures;

namespace Takt.Models.HuggingFace;

/// <summary>
/// Views a Hugging Face model as GGUF: the metadata keys, tensor names and value conventions of a GGUF file of the same model. Writing the
/// view is converting the model.
/// </summary>
public static class HuggingFaceModel
{
    /// <summary>Opens the folder's weights and makes the view, which owns them. Tensors that GGUF stores in another way are computed when they are needed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="extra">Further metadata, such as the tokenizer's, or null.</param>
    /// <exception cref="InvalidDataException">
    /// The model is not a known decoder, a key of its configuration is missing or wrong, or a tensor is missing, misshapen or unknown.
    /// </exception>
    /// <exception cref="IOException">Weights are missing or cannot be read.</exception>
    public static ModelFile Open(HuggingFaceFolder folder, IReadOnlyDictionary<string, object>? extra = null)
    {
        string config = Path.Combine(folder.Path, "config.json");
        HuggingFaceArchitecture.Of(HuggingFaceConfig.Of(config, folder.Config)); // refuses before weights are looked for
        return View(config, folder.Config, folder.OpenTensors(), extra);
    }

    /// <summary>Makes the view of a configuration at <paramref name="configPath"/> and its tensors, which are disposed with it or when this fails.</summary>
    internal static ModelFile View(
        string configPath, JsonElement config, ModelFile tensors, IReadOnlyDictionary<string, object>? extra = null)
    {
        var arena = new TensorArena(tensors);
        try
        {
            HuggingFaceConfig values = HuggingFaceConfig.Of(configPath, config);
            HuggingFaceArchitecture architecture = HuggingFaceArchitecture.Of(values);
            values = architecture.Complete(values);
            string folder = Path.GetDirectoryName(Path.GetFullPath(configPath))!;
            Dictionary<string, object> metadata = new MetadataTranslator(architecture, values).Translate(Path.GetFileName(folder), tensors);
            foreach ((string key, object value) in extra ?? new Dictionary<string, object>()) metadata[key] = value;
            IReadOnlyList<Tensor> translated = new TensorTranslator(architecture, values, tensors, arena).Translate();
            var view = new ModelFile(folder, metadata, translated, arena);
            DecoderArchitecture decoder = DecoderArchitecture.Of(view);
            decoder.FindTensors(view, decoder.ReadConfig(view));
            return view;
        }
        catch
        {
            arena.Dispose();
            throw;
        }
    }
}
