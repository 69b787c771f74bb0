using System.Diagnostics;

namespace Takt.Cli.Tests;

/// <summary>The program as a shell starts it: a stream that the shell closed is empty, or swallows what is written, as /dev/null does.</summary>
public class ClosedStreamTests(TinyModel models)
{
    [Theory]
    [InlineData("run \"$1\" -n 4 --seed 1 <&-", true)]
    [InlineData("run \"$1\" hi -n 4 --seed 1 2>&-", true)]
    [InlineData("run \"$1\" hi -n 4 --seed 1 >&-", false)]
    [InlineData("chat \"$1\" <&-", true)]
    public async Task A_closed_stream_neither_hangs_nor_fails(string call, bool answers)
    {
        (int code, string output) = await Shell(call);
        Assert.Equal(0, code);
        Assert.Equal(answers, output.Length > 0);
    }

    [Fact]
    public async Task An_error_that_nobody_can_read_still_has_its_code() => Assert.Equal(1, (await Shell("run nothing.gguf <&- >&- 2>&-")).Code);

    private async Task<(int Code, string Output)> Shell(string call)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no such shell there");
        string program = Path.Combine(AppContext.BaseDirectory, "Takt.Cli.dll");
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec dotnet \"$0\" {call}", program, models.Plain])
        {
            // Open and silent, so that only what the call closes is closed.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(patience.Token), errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            await errors;
            return (process.ExitCode, await output);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
