namespace Takt.Compute.Threading;

/// <summary>A share in a team that all models of this process with as many threads use; the team ends with the last share.</summary>
public sealed class TeamLease : IDisposable
{
    private static readonly Lock _gate = new();
    private static readonly Dictionary<int, (Team Team, int Leases)> _teams = [];
    private bool _returned;

    private TeamLease(Team team) => Team = team;

    /// <summary>The team.</summary>
    public Team Team { get; }

    /// <summary>Takes a share.</summary>
    /// <param name="threads">Threads including the caller's; null for one a fast core that this process may use.</param>
    public static TeamLease Take(int? threads = null)
    {
        int count = threads ?? Processors.Default;
        lock (_gate)
        {
            (Team team, int leases) = _teams.TryGetValue(count, out (Team, int) held) ? held : (new Team(count), 0);
            _teams[count] = (team, leases + 1);
            return new TeamLease(team);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_returned) return;
            _returned = true;
            (Team team, int leases) = _teams[Team.Threads];
            if (leases > 1)
            {
                _teams[Team.Threads] = (team, leases - 1);
                return;
            }

            _teams.Remove(Team.Threads);
            team.Dispose();
        }
    }
}
