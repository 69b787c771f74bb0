using Takt.Text.Tokenizers.Normalization;

namespace Takt.Text.Tests.Tokenizers;

public class NormalizationTests
{
    /// <summary>Source, NFC, NFD, NFKC, NFKD, as in Unicode's NormalizationTest.txt.</summary>
    [Theory]
    [InlineData("plain text", "plain text", "plain text", "plain text", "plain text")]
    [InlineData("\u1E0A", "\u1E0A", "D\u0307", "\u1E0A", "D\u0307")]
    [InlineData("\u1E0A\u0323", "\u1E0C\u0307", "D\u0323\u0307", "\u1E0C\u0307", "D\u0323\u0307")]
    [InlineData("D\u0307\u0323", "\u1E0C\u0307", "D\u0323\u0307", "\u1E0C\u0307", "D\u0323\u0307")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\uFB03", "\uFB03", "\uFB03", "ffi", "ffi")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\uFF21\u3000", "\uFF21\u3000", "\uFF21\u3000", "A ", "A ")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("\U0002F800", "\u4E3D", "\u4E3D", "\u4E3D", "\u4E3D")]
    [InlineData("a\u0315\u0300\u05AE\u0300b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b", "\u00E0\u05AE\u0300\u0315b", "a\u05AE\u0300\u0300\u0315b")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]
    [InlineData("xe\u0301y e", "x\u00E9y e", "xe\u0301y e", "x\u00E9y e", "xe\u0301y e")]
    public void Forms(string source, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, UnicodeForm.Of("NFC").Apply(source).ToString());
        Assert.Equal(nfd, UnicodeForm.Of("NFD").Apply(source).ToString());
        Assert.Equal(nfkc, UnicodeForm.Of("NFKC").Apply(source).ToString());
        Assert.Equal(nfkd, UnicodeForm.Of("NFKD").Apply(source).ToString());
    }

    /// <summary>Every code point's forms obey the standard's identities.</summary>
    [Fact]
    public void Forms_are_stable_and_agree()
    {
        (UnicodeForm c, UnicodeForm d, UnicodeForm kd) = (UnicodeForm.Of("NFC"), UnicodeForm.Of("NFD"), UnicodeForm.Of("NFKD"));
        for (int point = 0; point < 0x30000; point++)
        {
            if (point is >= 0xD800 and <= 0xDFFF) continue;
            string text = char.ConvertFromUtf32(point), composed = c.Apply(text).ToString(), decomposed = d.Apply(text).ToString();
            if (composed == text && decomposed == text) continue;
            Assert.Equal(composed, c.Apply(decomposed).ToString());
            Assert.Equal(decomposed, d.Apply(composed).ToString());
            Assert.Equal(kd.Apply(text).ToString(), kd.Apply(decomposed).ToString());
        }
    }

    [Fact]
    public void Lower_case_is_the_full_mapping() =>
        Assert.Equal("straße i\u0307σσ ǆ k å 𐐨", new Lowercase().Apply("STRAßE İΣς ǅ \u212A \u212B 𐐀".Replace('ς', 'Σ')).ToString());

    [Fact]
    public void Bert_cleans_spaces_ideographs_and_accents()
    {
        var bert = new BertNormalizer(cleanText: true, spaceIdeographs: true, stripAccents: true, lowercase: true);
        Assert.Equal("a b 你  cafe", bert.Apply("A\u0000\tB\u200B你 Ca\uFFFDfé").ToString());
    }

    [Theory]
    [InlineData("  a  b ", "▁a▁b")]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("a▁▁", "▁a")]
    public void SentencePiece_merges_spaces(string text, string expected) => Assert.Equal(
        expected, new SentencePieceNormalizer(new(null, AddPrefix: true, MergeSpaces: true, EscapeSpaces: true, SpaceAsSuffix: false, null)).Apply(text).ToString());
}
