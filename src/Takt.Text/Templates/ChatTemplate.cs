using System.Text.Json;
using System.Text.Json.Nodes;

namespace Takt.Text.Templates;

/// <summary>
/// A chat template in the Jinja language: turns messages and tools into the text that a model was trained on.
/// Parsed once, it can be rendered any number of times and from several threads.
/// </summary>
/// <remarks>
/// <para>
/// The language and its Python semantics are those of Jinja2 3.1 as Hugging Face's <c>apply_chat_template</c> sets it up:
/// <c>trim_blocks</c>, <c>lstrip_blocks</c>, <c>break</c> and <c>continue</c>, no autoescape, a <c>tojson</c> that keeps
/// non-ASCII text, <c>raise_exception</c>, <c>strftime_now</c>, and <c>{% generation %}</c>, which changes nothing.
/// Lists and dicts may be changed by their methods (<c>append</c>, <c>pop</c>, <c>update</c>), which the sandbox there refuses.
/// </para>
/// <para>
/// Not there: <c>include</c>, <c>import</c> and <c>extends</c> (a chat template is one file), autoescape (so <c>safe</c> changes
/// nothing), case mappings of one character to several, complex numbers, and the filters <c>filesizeformat</c>, <c>pprint</c>,
/// <c>random</c>, <c>striptags</c>, <c>urlize</c>, <c>wordwrap</c> and <c>xmlattr</c>. Beyond Jinja2 there is <c>from_json</c>.
/// </para>
/// </remarks>
public sealed class ChatTemplate
{
    private readonly string _source;
    private readonly Statement[] _body;

    private ChatTemplate(string name, string source, Statement[] body)
    {
        Name = name;
        _source = source;
        _body = body;
    }

    /// <summary>The name that errors carry.</summary>
    public string Name { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="name">A name for errors, such as the file it came from.</param>
    /// <exception cref="TemplateException">The text is not a valid template.</exception>
    public static ChatTemplate Parse(string source, string name = "chat template")
    {
        string normalized = Lexer.Normalize(source);
        try
        {
            return new ChatTemplate(name, normalized, new Parser(new Lexer(normalized).Run()).ParseTemplate());
        }
        catch (Fault fault)
        {
            throw Located(fault, name, normalized);
        }
    }

    /// <summary>Renders with the members of a JSON object as variables; keys keep their order, and 1 and 1.0 stay different.</summary>
    /// <inheritdoc cref="Render(IReadOnlyDictionary{string, object?}, TemplateLimits?)"/>
    public string Render(JsonObject variables, TemplateLimits? limits = null) => RenderRoot(variables, limits);

    /// <summary>Renders with the members of a JSON object as variables; keys keep their order, and 1 and 1.0 stay different.</summary>
    /// <inheritdoc cref="Render(IReadOnlyDictionary{string, object?}, TemplateLimits?)"/>
    public string Render(JsonElement variables, TemplateLimits? limits = null) => RenderRoot(variables, limits);

    /// <summary>Renders with variables from code.</summary>
    /// <param name="variables">
    /// <c>messages</c>, <c>tools</c>, <c>add_generation_prompt</c>, <c>bos_token</c>, <c>eos_token</c> and whatever else the template
    /// reads. Values are null, booleans, numbers, strings, JSON nodes or elements, and dictionaries and sequences of these.
    /// A string <c>now</c> (ISO 8601) fixes the clock that <c>strftime_now</c> reads.
    /// </param>
    /// <param name="limits">Bounds on the work; <see cref="TemplateLimits.Default"/> where null.</param>
    /// <returns>The text, exactly as the template writes it.</returns>
    /// <exception cref="TemplateException">The template failed, refused the conversation or reached a limit.</exception>
    /// <exception cref="ArgumentException">A variable has a type that a template cannot hold, or <c>now</c> is no time.</exception>
    public string Render(IReadOnlyDictionary<string, object?> variables, TemplateLimits? limits = null) =>
        RenderRoot(variables, limits);

    private string RenderRoot(object variables, TemplateLimits? limits)
    {
        var runtime = new TemplateRuntime(limits ?? TemplateLimits.Default);
        try
        {
            if (InputValues.Convert(runtime, variables) is not DictValue root)
                throw new ArgumentException("Template variables must be a JSON object.", nameof(variables));
            runtime.Clock = Clock.From(runtime, root);
            Statement.Run(_body, Scope.Root(runtime, root));
            return runtime.Output();
        }
        catch (Fault fault)
        {
            throw Located(fault, Name, _source);
        }
    }

    private static TemplateException Located(Fault fault, string name, string source)
    {
        ReadOnlySpan<char> before = source.AsSpan(0, Math.Clamp(fault.Position, 0, source.Length));
        int line = before.Count('\n') + 1;
        int column = before.Length - before.LastIndexOf('\n');
        return new TemplateException(fault.Kind, name, line, column, fault.Message);
    }
}
