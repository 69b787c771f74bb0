using System.Globalization;

namespace Takt.Evaluation;

/// <summary>One row of a benchmark, named in llama-bench's words.</summary>
/// <param name="Prompt">Prompt tokens whose reading is timed; 0 or more.</param>
/// <param name="Generated">Tokens that each sequence generates while time is taken; 0 or more, and not 0 together with the prompt.</param>
/// <param name="Sequences">Sequences that run together; with more than one there is no timed prompt.</param>
/// <param name="Depth">Tokens that are in the KV cache of each sequence before time is taken.</param>
public sealed record SpeedTest(int Prompt, int Generated, int Sequences = 1, int Depth = 0)
{
    /// <summary>Rows of a prompt that a cycle takes while speed is measured; a prompt is timed from such a border on.</summary>
    public const int PromptChunk = 512;

    /// <summary><c>pp512</c>, <c>tg128</c>, <c>pp512+tg128</c> or <c>batch8</c>, with <c> @ d4096</c> at a depth.</summary>
    public string Name
    {
        get
        {
            string prompt = Prompt > 0 ? Text("pp", Prompt) : "", generated = Generated > 0 ? Text("tg", Generated) : "";
            string name = Sequences > 1 ? Text("batch", Sequences) : prompt + (prompt.Length > 0 && generated.Length > 0 ? "+" : "") + generated;
            return Depth > 0 ? name + Text(" @ d", Depth) : name;
        }
    }

    /// <summary>Tokens that are timed, over all sequences.</summary>
    public int Tokens => Prompt + Sequences * Generated;

    /// <summary>Positions that a sequence stores at most.</summary>
    public int Context => Untimed + Prompt + Generated + Lead;

    /// <summary>Tokens that are stored before time is taken: a text cannot begin from nothing.</summary>
    internal int Untimed => Prompt > 0 ? Depth : Math.Max(Depth, 1);

    /// <summary>Tokens by which the first sequence can be ahead of the last when that one's prompt is stored.</summary>
    internal int Lead => Sequences == 1 ? 0 : Sequences * Untimed / PromptChunk + 1;

    private static string Text(string word, int number) => word + number.ToString(CultureInfo.InvariantCulture);
}
