using System.Xml.Linq;

namespace Takt.Tests.House;

/// <summary>Projects depend on each other in one direction only, as ARCHITECTURE.md draws it.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Takt.Clock"] = [],
        ["Takt.Formats"] = [],
        ["Takt.Text"] = [],
        ["Takt.Compute"] = [],
        ["Takt.Models"] = ["Takt.Compute", "Takt.Formats", "Takt.Clock"],
        ["Takt.Engine"] = ["Takt.Models", "Takt.Compute", "Takt.Clock"],
        ["Takt"] = ["Takt.Engine", "Takt.Models", "Takt.Compute", "Takt.Text", "Takt.Formats", "Takt.Clock"],
        ["Takt.Cli"] = ["Takt", "Takt.Engine", "Takt.Models", "Takt.Compute", "Takt.Text", "Takt.Formats", "Takt.Clock"],
    };

    [Fact]
    public void Every_project_refers_only_to_those_below_it()
    {
        string[] projects = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Keys.Order(), projects.Select(Path.GetFileNameWithoutExtension).Order());
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            IEnumerable<string> refersTo = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.All(refersTo, target => Assert.True(
                Allowed[name].Contains(target), $"{name} may not refer to {target}; it may use {string.Join(", ", Allowed[name])}."));
        }
    }

    [Fact]
    public void Sources_name_only_what_their_project_may_use()
    {
        foreach ((string name, string[] allowed) in Allowed)
        {
            string[] forbidden = [.. Allowed.Keys.Where(other => other != "Takt" && other != name && !allowed.Contains(other))];
            foreach (string file in Checkout.Sources(Path.Combine("src", name)))
            {
                IEnumerable<string> used = File.ReadLines(file)
                    .Where(line => line.StartsWith("using ", StringComparison.Ordinal))
                    .SelectMany(line => forbidden.Where(other => line[6..].TrimEnd(';').Split('=')[^1].Trim() is var space
                        && (space == other || space.StartsWith(other + ".", StringComparison.Ordinal))));
                Assert.True(!used.Any(), $"{file} uses {string.Join(", ", used)}, which is above {name}.");
            }
        }
    }
}
