using System.Text.Json.Nodes;
using Takt.Text.Templates;

namespace Takt.Text.Tests.Templates;

internal static class TemplateTesting
{
    public static string Render(string template, JsonObject? variables = null, TemplateLimits? limits = null) =>
        ChatTemplate.Parse(template, "test").Render(variables ?? [], limits);

    public static TemplateException Fails(string template, JsonObject? variables = null, TemplateLimits? limits = null) =>
        Assert.Throws<TemplateException>(() => Render(template, variables, limits));
}
