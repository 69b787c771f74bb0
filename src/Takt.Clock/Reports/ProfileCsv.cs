using System.Globalization;
using System.Text;

namespace Takt.Clock.Reports;

/// <summary>Every moment of every phase as comma-separated values (RFC 4180), one row each, for spreadsheets.</summary>
public static class ProfileCsv
{
    private const string Head = "phase,stage,layer,op,calls,mean_s,stddev_s,p50_s,p90_s,p99_s,p999_s,max_s,share,"
        + "bytes,flops,bytes_per_s,flops_per_s,ceiling_share,wait_share,imbalance\r\n";

    /// <summary>Writes UTF-8 with a header line; values that are not known are empty.</summary>
    public static void Write(Stream output, ProfiledRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        using var text = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        text.Write(Head);
        foreach (PhaseReport phase in run.Phases)
        {
            foreach (ProfileRow row in phase.Report(ProfileGrouping.Moment).Moments)
            {
                double seconds = row.MeanSeconds * row.Calls;
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{ProfileJson.Name(phase.Phase)},{ProfileJson.Name(row.Stage)},{row.Layer},{row.Op},{row.Calls},{row.MeanSeconds},{row.StandardDeviationSeconds},{row.MedianSeconds},{row.P90Seconds},{row.P99Seconds},{row.P999Seconds},{row.MaxSeconds},{row.Share},"));
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Bytes},{row.Flops},{(seconds > 0 ? row.Bytes / seconds : null)},{(seconds > 0 ? row.Flops / seconds : null)},{row.CeilingShare},{row.WaitShare},{row.Imbalance}\r\n"));
            }
        }
    }
}
