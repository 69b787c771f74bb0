// Writes a model of any decoder architecture with random weights as a GGUF file that other engines load too.
using System.Globalization;
using Takt.Formats;
using Takt.Formats.Gguf;
using Takt.Testing;

var setters = new Dictionary<string, Func<RandomModelSize, int, RandomModelSize>>
{
    ["--hidden"] = static (size, value) => size with { Hidden = value },
    ["--layers"] = static (size, value) => size with { Layers = value },
    ["--heads"] = static (size, value) => size with { Heads = value },
    ["--kv-heads"] = static (size, value) => size with { KvHeads = value },
    ["--head-size"] = static (size, value) => size with { HeadSize = value },
    ["--feed-forward"] = static (size, value) => size with { FeedForward = value },
    ["--vocabulary"] = static (size, value) => size with { Vocabulary = value },
    ["--context"] = static (size, value) => size with { Context = value },
    ["--window"] = static (size, value) => size with { Window = value },
    ["--experts"] = static (size, value) => size with { Experts = value },
    ["--experts-used"] = static (size, value) => size with { ExpertsUsed = value },
    ["--expert-size"] = static (size, value) => size with { ExpertSize = value },
};

if (args.Length < 3 || args[1] is not ("f32" or "f16"))
{
    Console.Error.WriteLine($"usage: RandomModel ARCHITECTURE f32|f16 OUT.gguf [--seed N] [{string.Join(" N] [", setters.Keys)} N]");
    Console.Error.WriteLine($"architectures: {string.Join(", ", RandomModel.Architectures)}");
    return 2;
}

try
{
    var size = new RandomModelSize();
    ulong seed = 1;
    for (int i = 3; i < args.Length; i += 2)
    {
        if (i + 1 == args.Length || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out int value) || value < 1)
            throw new ArgumentException($"{args[i]} needs a whole number above 0.");
        if (args[i] == "--seed") seed = (ulong)value;
        else size = setters.GetValueOrDefault(args[i])?.Invoke(size, value) ?? throw new ArgumentException($"{args[i]} is not an option.");
    }

    using ModelFile model = RandomModel.Create(args[0], size, seed);
    Write(model, args[1] == "f16" ? TensorType.F16 : TensorType.F32, args[2]);
    Console.WriteLine($"{args[2]}: {model.Tensors.Sum(static tensor => tensor.Count) / 1e6:F1} M parameters in {model.Tensors.Count} tensors");
    return 0;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static void Write(ModelFile model, TensorType matrices, string path)
{
    var metadata = new Dictionary<string, object>(model.Metadata) { ["general.file_type"] = matrices == TensorType.F16 ? 1u : 0u };
    TensorInfo[] tensors = [.. model.Tensors.Select(tensor => new TensorInfo(tensor.Name, IsMatrix(tensor) ? matrices : TensorType.F32, tensor.Shape))];
    GgufWriter.Write(path, metadata, tensors, (info, stream) => WriteRows(model.Find(info.Name)!, info.Type, stream));
}

// What llama.cpp computes with in F32 only stays so.
static bool IsMatrix(Tensor tensor) => tensor.Shape.Count > 1 && tensor.Name.EndsWith(".weight", StringComparison.Ordinal)
    && !tensor.Name.Contains("ffn_gate_inp", StringComparison.Ordinal) && !tensor.Name.Contains("position_embd", StringComparison.Ordinal);

static unsafe void WriteRows(Tensor tensor, TensorType type, Stream stream)
{
    int length = checked((int)tensor.RowLength);
    var halves = new Half[length];
    for (long row = 0; row < tensor.Rows; row++)
    {
        var values = new ReadOnlySpan<float>((float*)tensor.Data + row * length, length);
        if (type == TensorType.F16)
        {
            for (int i = 0; i < length; i++) halves[i] = (Half)values[i];
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<Half>(halves));
        }
        else
        {
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
        }
    }
}
