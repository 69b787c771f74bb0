using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Text.Templates;

namespace Takt.Cli.Commands;

/// <summary><c>takt template</c>: what a chat template makes of a conversation.</summary>
internal static class TemplateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> source = ModelArgument.Create(terminal, Texts.TemplateSource, "MODEL-or-FILE.jinja");
        var text = new Argument<string?>("TEXT") { Description = terminal.Say(Texts.TemplateMessage), Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("template", terminal.Say(Texts.Template)) { source, text };
        command.SetAction(parse =>
        {
            string? message = parse.GetValue(text);
            if (message is null && !terminal.InputRedirected) throw CliException.Usage(Texts.NeedsTextOrStdin, "TEXT");
            string path = parse.PathOf(source);
            JsonObject variables = message is null ? Read(terminal.In.ReadToEnd()) : OneMessage(message);
            // The exact text: no line end is added.
            terminal.Out.Write(Render(path, variables));
        });
        return command;
    }

    private static string Render(string path, JsonObject variables)
    {
        if (Path.GetExtension(path) is ".jinja" or ".jinja2" or ".j2") return ChatTemplate.Parse(File.ReadAllText(path), path).Render(variables);
        using ModelSource model = ModelSource.Open(path);
        ChatTemplate template = model.ChatTemplate ?? throw new CliException(Texts.NoTemplate, path);
        foreach ((string name, string value) in model.TemplateTokens)
        {
            if (!variables.ContainsKey(name)) variables.Add(name, value);
        }

        return template.Render(variables);
    }

    private static JsonObject OneMessage(string text) => new()
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        ["add_generation_prompt"] = true,
    };

    private static JsonObject Read(string input)
    {
        try
        {
            return JsonNode.Parse(input) as JsonObject ?? throw new JsonException("another kind of value was found");
        }
        catch (JsonException problem)
        {
            throw new CliException(Texts.TemplateInput, problem.Message);
        }
    }
}
