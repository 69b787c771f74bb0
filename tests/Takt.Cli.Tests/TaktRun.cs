using System.Text;
using System.Text.Json;

namespace Takt.Cli.Tests;

/// <summary>One call of the command line in this process.</summary>
internal sealed record TaktRun(int Code, byte[] OutBytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(OutBytes);

    /// <summary>Standard output as one JSON value, and nothing else.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static TaktRun Of(params string[] args) => With("", args);

    public static TaktRun With(string input, params string[] args) => With(Encoding.UTF8.GetBytes(input), _ => null, args);

    public static TaktRun Chinese(string input, params string[] args) =>
        With(Encoding.UTF8.GetBytes(input), name => name == "LANG" ? "zh_CN.UTF-8" : null, args);

    public static TaktRun With(byte[] input, Func<string, string?> environment, params string[] args)
    {
        using MemoryStream stdin = new(input), stdout = new(), stderr = new();
        int code = Program.Run(args, stdin, stdout, stderr, environment);
        return new TaktRun(code, stdout.ToArray(), Encoding.UTF8.GetString(stderr.ToArray()));
    }

    /// <summary>Fails the test with what was said, unless the call succeeded.</summary>
    public TaktRun Succeeded()
    {
        Assert.True(Code == 0, $"code {Code}: {Error}");
        return this;
    }
}
