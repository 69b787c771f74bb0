namespace Takt.Text.Tokenizers.Models;

/// <summary>Says which neighbouring symbols BPE may merge, and what first.</summary>
internal abstract class Merges
{
    /// <summary>Finds the merge of two symbols; a lower rank merges first, of equal ranks the leftmost.</summary>
    public abstract bool TryFind(int left, int right, out int rank, out int merged);
}
