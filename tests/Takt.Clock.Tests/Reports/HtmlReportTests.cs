using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Takt.Clock.Reports;
using Takt.Clock.Reports.Html;

namespace Takt.Clock.Tests.Reports;

public class HtmlReportTests
{
    private static readonly MachineProfile _machine = new(2, 20e9, 200e9) { Processor = "A <processor>", Tier = "avx2" };

    private static string Page(ProfiledRun run, bool chinese = false)
    {
        using var stream = new MemoryStream();
        HtmlReport.Write(stream, run, chinese);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        string page = Page(SampleRun.Record(machine: _machine));
        Assert.DoesNotMatch("https?:|//[a-z]+\\.|url\\(|@import|<link|<img|<iframe| src=", page);
    }

    [Fact]
    public void A_long_run_of_a_deep_model_stays_below_a_megabyte() =>
        Assert.InRange(Encoding.UTF8.GetByteCount(Page(SampleRun.Record(generation: 1500, layers: 80, machine: _machine))), 50_000, 1_000_000);

    [Fact]
    public void Names_are_escaped()
    {
        string page = Page(SampleRun.Record("</script><img onerror=alert(1)> & 'x' \"y\"\u0007", machine: _machine));
        Assert.DoesNotContain("<img", page);
        Assert.DoesNotContain("<processor>", page);
        Assert.Contains("&lt;/script&gt;&lt;img onerror=alert(1)&gt; &amp; &#39;x&#39; &quot;y&quot;\uFFFD", page);
        Assert.Single(Regex.Matches(page, "<script"));
    }

    [Fact]
    public void Both_languages_are_on_the_page_and_the_choice_opens_it()
    {
        ProfiledRun run = SampleRun.Record();
        Assert.StartsWith("<!DOCTYPE html><html lang=\"en\">", Page(run));
        Assert.StartsWith("<!DOCTYPE html><html lang=\"zh\">", Page(run, chinese: true));
        Assert.Equal(Regex.Count(Page(run), "class=\"en\""), Regex.Count(Page(run), "class=\"zh\""));
    }

    [Fact]
    public void Drawings_are_well_formed_and_name_themselves()
    {
        MatchCollection drawings = Regex.Matches(Page(SampleRun.Record(machine: _machine)), "<svg.*?</svg>", RegexOptions.Singleline);
        Assert.True(drawings.Count >= 6, $"{drawings.Count} drawings");
        foreach (Match drawing in drawings)
        {
            var svg = XElement.Parse(drawing.Value);
            Assert.False(string.IsNullOrEmpty(svg.Attribute("aria-label")?.Value));
            Assert.DoesNotContain("NaN", drawing.Value);
        }
    }

    [Fact]
    public void A_run_without_cycles_says_so() =>
        Assert.Contains("No cycle was recorded", Page(new ProfiledRun("none", new Ledger(), null)));
}
