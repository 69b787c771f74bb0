namespace Takt.Formats.Tests;

public sealed class DerivedBytesTests
{
    private int _freed;

    private DerivedBytes Bytes => field ??= new DerivedBytes(() => (42, new Freed(this)));

    [Fact]
    public void Bytes_are_there_from_the_first_borrower_to_the_last()
    {
        Assert.False(Bytes.InMemory);
        Assert.Equal(42, Bytes.Borrow());
        Assert.Equal(42, Bytes.Borrow());
        Bytes.GiveBack();
        Assert.True(Bytes.InMemory);
        Bytes.GiveBack();
        Assert.False(Bytes.InMemory);
        Assert.Equal((1, 1), (Bytes.TimesMade, _freed));
        Assert.Equal(42, Bytes.Borrow());
        Bytes.GiveBack();
        Assert.Equal((2, 2), (Bytes.TimesMade, _freed));
    }

    [Fact]
    public void Who_keeps_bytes_has_them_to_the_end()
    {
        var tensor = new Tensor("x", TensorType.I8, [1], 0, 1) { Derived = Bytes };
        Assert.Equal(42, tensor.Data);
        Assert.Equal(42, (tensor with { Name = "y" }).Data);
        Assert.Equal(42, tensor.Borrow());
        tensor.GiveBack();
        Assert.Equal((1, 0), (Bytes.TimesMade, _freed));
        Bytes.Dispose();
        Bytes.Dispose();
        Assert.Equal(1, _freed);
    }

    [Fact]
    public void A_tensor_that_lies_somewhere_is_lent_from_there()
    {
        var tensor = new Tensor("x", TensorType.I8, [1], 7, 1);
        Assert.Equal((7, 7), (tensor.Data, tensor.Borrow()));
        tensor.GiveBack();
    }

    [Fact]
    public void What_could_not_be_made_is_made_the_next_time()
    {
        bool fails = true;
        var bytes = new DerivedBytes(() => fails ? throw new InvalidOperationException("no memory") : (1, new Freed(this)));
        Assert.Throws<InvalidOperationException>(() => bytes.Borrow());
        Assert.False(bytes.InMemory);
        fails = false;
        Assert.Equal(1, bytes.Borrow());
        bytes.GiveBack();
        Assert.False(bytes.InMemory);
    }

    private sealed class Freed(DerivedBytesTests test) : IDisposable
    {
        public void Dispose() => test._freed++;
    }
}
