namespace Takt.Clock.Costs;

/// <summary>
/// What was learned of cycles with one number of threads: factors on the parts of their cost, and how far they leave predictions off.
/// </summary>
internal sealed class ThreadFit
{
    // What the profile of a steady machine is off by at most nine times of ten.
    private const double GenerationWidth = 0.12, PrefillWidth = 0.2;
    private const double OutlierScales = 3;

    // What a median of a short run is off by.
    private const double RunNoise = 0.03;

    private readonly Fit _fit;
    private readonly Residuals _generation, _prefill;

    /// <summary>Starts from what the profile says.</summary>
    /// <param name="parts">Parts of a cost.</param>
    /// <param name="unsteadiness">How far the machine's passes lay apart with so many threads, as deviation of ln(rate): widens intervals.</param>
    public ThreadFit(int parts, double unsteadiness) : this(new Fit(parts), unsteadiness)
    {
    }

    private ThreadFit(Fit fit, double unsteadiness)
    {
        double unsteady = 1.645 * unsteadiness;
        (_fit, _generation, _prefill) = (fit, new Residuals(Root(GenerationWidth, unsteady)), new Residuals(Root(PrefillWidth, unsteady)));
    }

    /// <summary>Cycles learned from, here or before it was carried over.</summary>
    public long Learned { get; private set; }

    /// <summary>One that starts from the same factors, with intervals as wide as before anything was measured.</summary>
    public ThreadFit For(double unsteadiness) => new(_fit.Clone(), unsteadiness) { Learned = Learned };

    /// <summary>The wall time of a cycle; allocates nothing.</summary>
    public Prediction Predict(CycleCost cost)
    {
        double seconds = _fit.Sum(cost.Parts);
        (double low, double high) = ResidualsOf(cost).Interval;
        // What the factors leave open comes on top of the noise that was seen. Before anything was learned the prior's width says both.
        double open = Learned == 0 ? 0 : 1.645 * _fit.Deviation(cost.Parts);
        double middle = (low + high) / 2, half = Root((high - low) / 2, open);
        return new Prediction(seconds, seconds * Math.Exp(middle - half), seconds * Math.Exp(middle + half));
    }

    /// <summary>Takes in the time that a cycle took; allocates nothing.</summary>
    public void Learn(CycleCost cost, double seconds)
    {
        Residuals residuals = ResidualsOf(cost);
        double log = Math.Log(seconds / _fit.Sum(cost.Parts)), limit = OutlierScales * residuals.Scale;
        // One cycle is off by as much as others were; one that was interrupted, or compiled methods, says even less of those that will not
        // be (Huber's weight).
        double weight = Math.Abs(log) <= limit ? 1 : limit / Math.Abs(log);
        _fit.Add(cost.Parts, seconds, residuals.Scale / Math.Sqrt(weight), drift: true);
        residuals.Add(log);
        Learned++;
    }

    /// <summary>Takes in a short run as a whole: what the fit to all other cycles says of each makes the interval.</summary>
    public void Learn(IReadOnlyList<(CycleCost Cost, double Seconds)> run)
    {
        for (int left = 0; left < run.Count; left++)
        {
            Fit others = _fit.Clone();
            for (int i = 0; i < run.Count; i++)
            {
                if (i != left) others.Add(run[i].Cost.Parts, run[i].Seconds, RunNoise, drift: false);
            }

            ResidualsOf(run[left].Cost).Add(Math.Log(run[left].Seconds / others.Sum(run[left].Cost.Parts)));
        }

        foreach ((CycleCost cost, double seconds) in run) _fit.Add(cost.Parts, seconds, RunNoise, drift: false);
        Learned += run.Count;
    }

    private Residuals ResidualsOf(CycleCost cost) => cost.IsPrefill ? _prefill : _generation;

    private static double Root(double a, double b) => Math.Sqrt(a * a + b * b);
}
