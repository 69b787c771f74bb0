using System.Globalization;

namespace Takt.Clock;

/// <summary>Reads the energy counters of Intel's and AMD's processors (RAPL) as Linux shows them.</summary>
internal sealed class EnergyMeter
{
    private readonly List<Package> _packages = [];
    private readonly string? _unavailable;

    /// <summary>Finds the counters.</summary>
    /// <param name="root">What to take for the root of the file system.</param>
    public EnergyMeter(string root = "/")
    {
        string folder = Path.Combine(root, "sys/class/powercap");
        try
        {
            if (!OperatingSystem.IsLinux()) _unavailable = "energy is read on Linux only";
            else if (!Directory.Exists(folder)) _unavailable = $"{folder} does not exist; a virtual machine has no energy counters";
            else FindPackages(folder);
            if (_unavailable is null && _packages.Count == 0) _unavailable = $"{folder} has no intel-rapl package";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            _packages.Clear();
            _unavailable = $"{unreadable.Message} (energy counters are for the superuser unless he lets others read them)";
        }
    }

    /// <summary>Energy since the meter was made or last reset.</summary>
    public EnergyReading Read()
    {
        if (_unavailable is not null) return new EnergyReading(null, _unavailable);
        try
        {
            double joules = 0;
            foreach (Package package in _packages) joules += package.Read() / 1e6;
            return new EnergyReading(joules, null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return new EnergyReading(null, unreadable.Message);
        }
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        if (Read().Unavailable is not null) return;
        foreach (Package package in _packages) package.Microjoules = 0;
    }

    // intel-rapl:0 is a package; intel-rapl:0:1 is a part of it.
    private void FindPackages(string folder)
    {
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "intel-rapl:*"))
        {
            if (Path.GetFileName(path).Count(c => c == ':') == 1) _packages.Add(new Package(path));
        }
    }

    private sealed class Package
    {
        private readonly string _counter;
        private readonly long _range;
        private long _last;

        public Package(string folder)
        {
            _counter = Path.Combine(folder, "energy_uj");
            _range = Number(Path.Combine(folder, "max_energy_range_uj"));
            _last = Number(_counter);
        }

        /// <summary>What was counted since the beginning.</summary>
        public long Microjoules { get; set; }

        // The counter starts again at its range, about once an hour under full load: it is read when somebody looks, and no oftener.
        public long Read()
        {
            long now = Number(_counter);
            Microjoules += now >= _last ? now - _last : now + _range - _last;
            _last = now;
            return Microjoules;
        }

        private static long Number(string path) => long.Parse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture);
    }
}
