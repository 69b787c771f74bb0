using System.Diagnostics;

namespace Takt.Compare;

/// <summary>Runs other programs and reads what they print.</summary>
internal static class Child
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="limit">After that time it is ended.</param>
    /// <returns>Its standard output, and the seconds from its start to the first byte of it.</returns>
    /// <exception cref="InvalidOperationException">It cannot be started, failed or took too long; the message has its command line and what it said.</exception>
    public static (string Output, double FirstByte) Run(IReadOnlyList<string> command, TimeSpan limit)
    {
        string line = string.Join(' ', command);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        long begin = Stopwatch.GetTimestamp();
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"cannot start '{command[0]}': {e.Message}", e);
        }

        using (process)
        {
            bool late = false;
            using var timer = new Timer(
                _ =>
                {
                    late = true;
                    process.Kill(entireProcessTree: true);
                }, null, limit, Timeout.InfiniteTimeSpan);
            Task<string> error = process.StandardError.ReadToEndAsync();
            // One byte at a time would be the reader's buffer at once: the first read returns with the first bytes.
            var first = new char[1];
            int read = process.StandardOutput.Read(first, 0, 1);
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            string output = (read == 1 ? first[0].ToString() : "") + process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (late)
                throw new InvalidOperationException($"'{line}' did not end within {limit.TotalSeconds:0} s; ask for fewer tokens (-n) or give it more time (--timeout).");
            if (process.ExitCode != 0) throw new InvalidOperationException($"'{line}' ended with code {process.ExitCode}: {error.Result.Trim()}");
            return (output, seconds);
        }
    }

    /// <summary>Processes that keep one core busy each until they are disposed.</summary>
    public static IDisposable Burn(int processes) => new Burners(processes);

    private sealed class Burners : IDisposable
    {
        private readonly List<Process> _processes = [];

        public Burners(int count)
        {
            for (int i = 0; i < count; i++)
            {
                // It ends with its standard input, so none is left behind whatever becomes of us.
                var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, UseShellExecute = false };
                // As "dotnet Takt.Compare.dll" the process is dotnet's.
                if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
                start.ArgumentList.Add("burn");
                _processes.Add(Process.Start(start)!);
            }
        }

        public void Dispose()
        {
            foreach (Process process in _processes)
            {
                process.StandardInput.Close();
                process.WaitForExit();
                process.Dispose();
            }
        }
    }
}
