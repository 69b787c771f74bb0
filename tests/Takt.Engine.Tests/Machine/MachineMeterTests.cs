using Takt.Clock;
using Takt.Compute.Threading;
using Takt.Engine.Machine;

namespace Takt.Engine.Tests.Machine;

public class MachineMeterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Ceilings_are_those_of_a_computer(int threads)
    {
        using var team = new Team(threads);
        MachineProfile profile = MachineMeter.Measure(team, readPieces: 4, fmaPieces: 1);
        Assert.Equal(threads, profile.Threads);
        Assert.InRange(profile.ReadBytesPerSecond, 1e8, 1e13);
        Assert.InRange(profile.FlopsPerSecond, 1e8, 1e14);
    }
}
