namespace Takt.Compute.Threading;

/// <summary>Work that falls into independent pieces.</summary>
public interface ITask
{
    /// <summary>Does one piece; pieces run on any thread, in any order, at the same time.</summary>
    /// <param name="index">Which piece.</param>
    /// <param name="thread">The thread's number in the team, for scratch memory.</param>
    void Run(int index, int thread);
}
