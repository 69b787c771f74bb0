using System.Text;
using Takt.Text.Tokenizers.Models;

namespace Takt.Text.Tokenizers.PreTokenization;

/// <summary>Spells the text's UTF-8 in <see cref="ByteAlphabet"/>, for files that cut further after that.</summary>
internal sealed class SpellBytes : PreTokenizer
{
    public override List<Word> Split(ref ReadOnlySpan<char> text, List<Word> words, bool atStart)
    {
        var builder = new WordBuilder(text.Length * 2);
        foreach (Word word in words)
        {
            builder.Begin();
            foreach (byte b in Encoding.UTF8.GetBytes(text[word.Start..word.End].ToArray())) builder.Add(ByteAlphabet.Of(b));
        }

        return builder.Finish(out text);
    }
}
