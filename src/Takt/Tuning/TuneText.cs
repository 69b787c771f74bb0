using System.Reflection;
using Takt.Text.Tokenizers;

namespace Takt.Tuning;

/// <summary>The text that types are chosen by and the other text that the result is judged by, as windows of token ids.</summary>
/// <param name="Choosing">Windows that choose.</param>
/// <param name="HeldOut">Windows that judge; none of their tokens is in the others.</param>
public sealed record TuneText(IReadOnlyList<int[]> Choosing, IReadOnlyList<int[]> HeldOut)
{
    /// <summary>Tokens in a window, unless the model's context is shorter.</summary>
    public const int Window = 256;

    private const int MostChoosing = 2, LeastWindow = 8;

    /// <summary>The text that comes with Takt: English and Chinese prose, dialogue, code and data.</summary>
    public static string OwnText
    {
        get
        {
            using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Takt.Tuning.text.txt")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Cuts a text into windows: of three neighbours the first chooses and the others judge, evenly spread over the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="context">The model's context.</param>
    /// <exception cref="InvalidDataException">The text is too short.</exception>
    public static TuneText Of(string text, Tokenizer tokenizer, int context)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<int> ids = tokenizer.Encode(text, addSpecial: false, parseSpecial: false);
        int? bos = tokenizer.AddBos ? tokenizer.BosId : null;
        // A short text makes short windows, so that both parts have one at least.
        int window = Math.Min(Math.Min(Window, context), ids.Count / 3);
        if (window < LeastWindow)
            throw new InvalidDataException($"tuning needs a text of at least {3 * LeastWindow} tokens; this one has {ids.Count}. Give a longer one.");
        int triples = ids.Count / window / 3, taken = Math.Min(triples, MostChoosing);
        List<int[]> choosing = [], heldOut = [];
        for (int i = 0; i < taken; i++)
        {
            int first = (int)((long)i * triples / taken) * 3 * window;
            for (int part = 0; part < 3; part++)
            {
                int[] piece = [.. ids.GetRange(first + part * window, window)];
                if (bos is { } id) piece[0] = id;
                (part == 0 ? choosing : heldOut).Add(piece);
            }
        }

        return new TuneText(choosing, heldOut);
    }
}
