using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Takt.Cli.Shell;
using Takt.Clock;
using Takt.Evaluation;
using Takt.WhatIf;

namespace Takt.Cli.Commands;

/// <summary>A question with its answer.</summary>
/// <param name="Question">The question.</param>
/// <param name="Forecast">What is predicted.</param>
/// <param name="Run">What a prompt, or a cycle in which each sequence generates a token, took; null where it was not run.</param>
internal sealed record WhatIfAnswer(Question Question, Forecast Forecast, QuietTime? Run)
{
    /// <summary>Seconds to the first token or tokens a second, whichever is asked for; null where it was not run.</summary>
    public double? Measured => Question.AsksForTtft ? Run?.Seconds : Question.Scenario.Batch / Run?.Seconds;

    /// <summary>What is predicted of the quantity that is asked for.</summary>
    public (double Value, double Low, double High) Predicted => Question.AsksForTtft
        ? (Forecast.Ttft.Seconds, Forecast.Ttft.Low, Forecast.Ttft.High)
        : (Forecast.TokensPerSecond, Forecast.TokensPerSecondLow, Forecast.TokensPerSecondHigh);

    /// <summary>By how much the prediction is off, relative to what was measured.</summary>
    public double? Error => Predicted.Value / Measured - 1;
}

/// <summary>The answers of <c>takt whatif</c> beside the present state.</summary>
/// <param name="present">The present state's forecast.</param>
/// <param name="answers">The answers.</param>
/// <param name="verified">Whether measuring was asked for.</param>
internal sealed class WhatIfReport(Forecast present, IReadOnlyList<WhatIfAnswer> answers, bool verified)
{
    private double? MedianError
    {
        get
        {
            double[] errors = [.. answers.Select(static answer => answer.Error).OfType<double>().Select(Math.Abs)];
            return errors.Length == 0 ? null : Measured.Of(errors).Median;
        }
    }

    /// <summary>Shows a table.</summary>
    public void Print(Terminal terminal)
    {
        Table table = new Table().Border(TableBorder.Simple);
        table.AddColumn(terminal.Say(Texts.ColumnQuestion));
        Phrase[] numbers = [Texts.ColumnTokensPerSecond, Texts.ColumnTtft, Texts.ColumnTpot, Texts.ColumnMemory];
        foreach (Phrase name in verified ? [.. numbers, Texts.ColumnMeasured, Texts.ColumnError, Texts.ColumnLeftOut] : numbers)
            table.AddColumn(new TableColumn(terminal.Say(name)).RightAligned());
        Add(table, terminal.Say(Texts.WhatIfPresent), present, []);
        foreach (WhatIfAnswer answer in answers) Add(table, answer.Question.Text, answer.Forecast, MeasuredCells(answer));
        Consoles.Output(terminal).Write(table);
        terminal.Note(terminal.Say(Texts.WhatIfInterval));
        if (MedianError is { } error) terminal.Out.WriteLine(terminal.Say(Texts.WhatIfMedianError, error * 100, answers.Count(a => a.Error is not null)));
    }

    /// <summary>Writes one JSON object.</summary>
    public void WriteJson(Terminal terminal) => JsonOutput.WriteLine(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("present");
        Write(json, present);
        json.WriteEndObject();
        json.WriteStartArray("answers");
        foreach (WhatIfAnswer answer in answers)
        {
            json.WriteStartObject();
            json.WriteString("question", answer.Question.Text);
            json.WriteString("quantity", answer.Question.AsksForTtft ? "ttft_s" : "tokens_per_s");
            json.WriteNumber("predicted", answer.Predicted.Value);
            json.WriteNumber("low", answer.Predicted.Low);
            json.WriteNumber("high", answer.Predicted.High);
            if (answer.Measured is { } measured) json.WriteNumber("measured", measured);
            else json.WriteNull("measured");
            if (answer.Error is { } error) json.WriteNumber("error", error);
            if (answer.Run is { } run)
            {
                json.WriteNumber("repeats", run.Repeats);
                json.WriteNumber("left_out", run.LeftOut);
            }

            Write(json, answer.Forecast);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (MedianError is { } median) json.WriteNumber("median_error", median);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, Forecast forecast)
    {
        json.WriteNumber("tokens_per_s", forecast.TokensPerSecond);
        json.WriteNumber("ttft_s", forecast.Ttft.Seconds);
        json.WriteNumber("ttft_low_s", forecast.Ttft.Low);
        json.WriteNumber("ttft_high_s", forecast.Ttft.High);
        json.WriteNumber("tpot_s", forecast.Tpot.Seconds);
        json.WriteNumber("tpot_low_s", forecast.Tpot.Low);
        json.WriteNumber("tpot_high_s", forecast.Tpot.High);
        json.WriteNumber("weight_bytes", forecast.WeightBytes);
        json.WriteNumber("kv_bytes", forecast.KvBytes);
    }

    private static string[] MeasuredCells(WhatIfAnswer answer) => answer is not { Measured: { } measured, Run: { } run }
        ? []
        :
        [
            answer.Question.AsksForTtft ? Units.Seconds(measured) : Number(measured),
            (answer.Error!.Value * 100).ToString("+0.0;-0.0", CultureInfo.InvariantCulture) + " %",
            string.Create(CultureInfo.InvariantCulture, $"{run.LeftOut}/{run.Repeats}"),
        ];

    private void Add(Table table, string name, Forecast forecast, string[] measured)
    {
        string[] cells =
        [
            name,
            $"{Number(forecast.TokensPerSecond)} ({Number(forecast.TokensPerSecondLow)}-{Number(forecast.TokensPerSecondHigh)})",
            $"{Units.Seconds(forecast.Ttft.Seconds)} ({Units.Seconds(forecast.Ttft.Low)}-{Units.Seconds(forecast.Ttft.High)})",
            $"{Units.Seconds(forecast.Tpot.Seconds)} ({Units.Seconds(forecast.Tpot.Low)}-{Units.Seconds(forecast.Tpot.High)})",
            Units.Bytes(forecast.MemoryBytes),
            .. verified && measured.Length == 0 ? ["-", "-", "-"] : measured,
        ];
        table.AddRow([.. cells.Select(static cell => new Spectre.Console.Text(cell))]);
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
