using System.CommandLine;
using Takt.Cli.Options;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Compute;
using Takt.Compute.Threading;
using Takt.Evaluation;
using Takt.Models;
using Takt.WhatIf;

namespace Takt.Cli.Commands;

/// <summary><c>takt whatif</c>: what would change with other settings or on another machine, predicted and, where wanted, measured.</summary>
internal static class WhatIfCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = ModelArgument.Create(terminal, Texts.Model);
        var questions = new Argument<string[]>("QUESTION") { Description = terminal.Say(Texts.WhatIfQuestion), Arity = ArgumentArity.OneOrMore };
        Flag verify = terminal.Flag("--verify", Texts.WhatIfVerify);
        Flag dry = terminal.Flag("--dry", Texts.WhatIfDry);
        NumberOption threads = terminal.Whole("--threads", Texts.OptionThreads, null, 1, 1024, "-t");
        Option<string> kvType = terminal.Word("--kv-type", Texts.OptionKvType, ModelFlags.Auto, "f16", "f32", "bf16", "q8_0");
        Flag json = terminal.Flag("--json", Texts.OptionJson);
        var command = new Command("whatif", terminal.Say(Texts.WhatIf)) { model, questions, verify, dry, threads, kvType, json };
        command.SetAction(parse =>
        {
            (Scenario present, string tier) = Present(parse.PathOf(model), (int?)threads.Find(parse), parse.GetValue(kvType)!);
            Question[] asked = [.. parse.GetRequiredValue(questions).Select(text => Question.Parse(text, present))];
            MachineProfile profile = ProfileOf(terminal, tier);
            WhatIfReport report = Answer(terminal, profile, present, asked, fit: !dry.In(parse), verify.In(parse));
            if (json.In(parse)) report.WriteJson(terminal);
            else report.Print(terminal);
        });
        return command;
    }

    /// <summary>Answers questions.</summary>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="profile">This machine's.</param>
    /// <param name="present">What the questions change.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="fit">Whether the present state is run first.</param>
    /// <param name="verify">Whether what can be run here is.</param>
    public static WhatIfReport Answer(
        Terminal terminal, MachineProfile profile, Scenario present, IReadOnlyList<Question> questions, bool fit, bool verify)
    {
        var forecaster = new Forecaster(profile);
        var meter = new ScenarioMeter(profile.Tier);
        CancellationToken token = terminal.Interrupt.Token;
        using var progress = new ProgressLine(terminal);
        // A question that cannot be answered is refused before anything runs.
        foreach (Question question in questions) forecaster.Predict(question.Scenario);
        int fresh = 0; // threads of a fit after which nothing else has run
        // What is verified is fitted anew, just before it.
        foreach (int count in !fit ? [] : verify ? [present.Threads] : ThreadCounts(present, questions)) Fit(count);
        Forecast now = forecaster.Predict(present);
        var answers = new List<WhatIfAnswer>();
        foreach (Question question in questions)
        {
            bool run = verify && question.Scenario.RunsHere;
            // A shared machine is not as quick in one minute as in the next: what is verified is predicted from just before.
            if (run && fit && fresh != question.Scenario.Threads) Fit(question.Scenario.Threads);
            Forecast forecast = forecaster.Predict(question.Scenario);
            if (run) progress.Show(terminal.Say(Texts.WhatIfRunning, answers.Count + 1, questions.Count, question.Text));
            QuietTime? measured = !run ? null : question.AsksForTtft ? meter.Ttft(question.Scenario, token) : meter.Tpot(question.Scenario, token);
            if (run) fresh = 0;
            answers.Add(new WhatIfAnswer(question, forecast, measured));
        }

        return new WhatIfReport(now, answers, verify);

        void Fit(int count)
        {
            forecaster.Fit(present with { Threads = count }, (kind, all) => progress.Show(terminal.Say(Texts.WhatIfFitting, kind, all)), token);
            fresh = count;
        }
    }

    // The present one, and all that can be run here.
    private static IEnumerable<int> ThreadCounts(Scenario present, IReadOnlyList<Question> questions) =>
        questions.Select(static question => question.Scenario).Where(static scenario => scenario.RunsHere)
            .Select(static scenario => scenario.Threads).Prepend(present.Threads).Distinct();

    private static (Scenario Present, string Tier) Present(string path, int? threads, string kvType)
    {
        using ModelSource source = ModelSource.Open(path);
        using TeamLease lease = TeamLease.Take(threads);
        using Backend backend = Backends.Create(lease.Team);
        return (new Scenario(path, lease.Team.Threads, ModelFlags.KvTypeOf(kvType) ?? KvCache.DefaultType(source.File)), backend.Name);
    }

    // Measured with all threads, so that it holds for every number of them.
    private static MachineProfile ProfileOf(Terminal terminal, string tier)
    {
        int most;
        using (TeamLease lease = TeamLease.Take(null)) most = lease.Team.Threads;
        if (MachineFile.OfUser.Find(tier, most) is { } kept) return kept;
        MachineProfile profile = CalibrateCommand.Measure(terminal, most);
        MachineFile.OfUser.Keep(profile);
        return profile;
    }
}
