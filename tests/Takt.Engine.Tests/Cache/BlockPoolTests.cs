using FsCheck;
using FsCheck.Fluent;
using Takt.Engine.Cache;

namespace Takt.Engine.Tests.Cache;

public class BlockPoolTests
{
    [Fact]
    public void Tables_grow_by_whole_blocks_and_only_when_needed()
    {
        var pool = new BlockPool(4);
        var table = new BlockTable(0);
        Assert.True(pool.TryReserve(table, 1));
        Assert.True(pool.TryReserve(table, 32));
        Assert.Equal((1, 3), (table.Count, pool.Free));
        Assert.True(pool.TryReserve(table, 33));
        Assert.Equal([0, 1], table.Blocks[..table.Count]);
        Assert.True(pool.TryReserve(table, 5)); // never shrinks
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void The_number_of_blocks_is_rounded_up() =>
        Assert.Equal([0, 1, 1, 2, 1 << 26], ((int[])[0, 1, 32, 33, int.MaxValue]).Select(BlockPool.BlocksFor));

    [Fact]
    public void A_reservation_that_does_not_fit_changes_nothing()
    {
        var pool = new BlockPool(2);
        var table = new BlockTable(100);
        Assert.True(pool.TryReserve(table, 32));
        Assert.False(pool.TryReserve(table, 100));
        Assert.Equal((1, 1), (table.Count, pool.Free));
        Assert.True(pool.TryReserve(table, 64));
    }

    [Fact]
    public void A_shared_block_is_free_when_its_last_owner_lets_go()
    {
        var pool = new BlockPool(3);
        BlockTable first = new(64), second = new(64);
        pool.TryReserve(first, 64);
        pool.Share(first, 1, second);
        pool.TryReserve(second, 64);
        Assert.Equal(first.Blocks[0], second.Blocks[0]);
        Assert.Equal(0, pool.Free);

        pool.Release(first);
        Assert.Equal((1, 0), (pool.Free, first.Count));
        pool.Release(second);
        Assert.Equal(3, pool.Free);
    }

    [Fact]
    public void No_block_is_lost_or_owned_twice()
    {
        Gen<(int, int)> step = Gen.Choose(0, 3).SelectMany(table => Gen.Choose(-1, 200).Select(tokens => (table, tokens)));
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            var pool = new BlockPool(10);
            BlockTable[] tables = [.. Enumerable.Range(0, 4).Select(_ => new BlockTable(0))];
            foreach ((int table, int tokens) in steps)
            {
                if (tokens < 0) pool.Release(tables[table]);
                else pool.TryReserve(tables[table], tokens);

                int[] owned = [.. tables.SelectMany(t => t.Blocks.Take(t.Count))];
                Assert.Equal(owned.Length, owned.Distinct().Count());
                Assert.Equal(10, owned.Length + pool.Free);
            }
        }));
    }
}
