// Sets Takt beside llama.cpp on this machine: bench/README.md says what is measured and how.
using System.CommandLine;
using Takt.Compare;

var models = new Argument<string[]>("MODEL") { Description = "GGUF files.", Arity = ArgumentArity.OneOrMore };
Option<string?> takt = new("--takt") { Description = "The program takt [default: publish/takt, made by dotnet publish]." };
Option<string[]> taktOption = new("--takt-option") { Description = "A further option for takt's commands; repeat it for more." };
Option<string?> tier = new("--tier") { Description = "Takt's kernel tier [default: the best one]." };
Option<string?> peer = new("--peer") { Description = "llama.cpp as a program [default: node with peer.mjs]." };
Option<string> backend = new("--backend") { Description = "The peer's backend.", DefaultValueFactory = _ => "best" };
Option<int> pairs = Whole("--pairs", "Pairs that count; from 20 on the ratio has an interval.", 5);
Option<int> retakes = Whole("--retakes", "How many pairs are taken again at most, where memory was not equally fast before and after them.", 5);
Option<int> timeout = Whole("--timeout", "Seconds that one run of an engine may take.", 600);
Option<int> threads = Whole("--threads", "Threads of both.", Environment.ProcessorCount, "-t");
Option<int> prompt = Whole("--prompt", "Tokens of the prompt row; 0: none.", 512, "-p");
Option<int> generate = Whole("--generate", "Tokens of the generation row; 0: none.", 128, "-n");
Option<int> batch = Whole("--batch", "Sequences of the batch row; 0: none.", 8, "-b");
Option<int> depth = Whole("--depth", "Tokens in the cache before the generation row, which then stands alone.", 0, "-d");
Option<int> busy = Whole("--busy", "Busy processes beside it.", 2);
Option<string?> title = new("--title") { Description = "The table's title [default: what it measures]." };
Option<string?> name = new("--name") { Description = "Name of the files in bench/results [default: the processor's]." };

Option[] common = [takt, taktOption, tier, peer, backend, pairs, retakes, timeout, threads, title, name];
var root = new RootCommand("Compares Takt with llama.cpp, in pairs, and writes tables to bench/results.")
{
    Table("speed", "Prompts, generation, batches and peak memory.", [prompt, generate, batch, depth], Tables.Speed),
    Table("start", "From the start of the process to the first token.", [], Tables.Start),
    Table("loaded", "Generation alone, and beside busy processes.", [generate, busy], Tables.Loaded),
};
var probe = new Command("probe", "Only reads memory, ten times: how steady this machine is.") { threads };
probe.SetAction(parse =>
{
    using var reads = new ReadProbe(parse.GetValue(threads));
    for (int i = 0; i < 10; i++) Console.WriteLine($"{reads.Measure() / 1e9:0.0} GB/s");
});
root.Add(probe);
var burn = new Command("burn") { Hidden = true };
burn.SetAction(_ => Burn());
root.Add(burn);
return root.Parse(args).Invoke();

static Option<int> Whole(string name, string text, int start, params string[] aliases)
{
    var option = new Option<int>(name, aliases) { Description = text, DefaultValueFactory = _ => start };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 0) result.AddError($"{name} must be 0 or more.");
    });
    return option;
}

Command Table(string word, string text, Option[] own, Func<Setup, string, PairSeries> take)
{
    var command = new Command(word, text) { models };
    foreach (Option option in common.Concat(own)) command.Add(option);
    command.SetAction(parse =>
    {
        try
        {
            int Number(Option<int> option) => own.Contains(option) ? parse.GetValue(option) : 0;
            string root = Checkout();
            var setup = new Setup(
                new TaktProgram(parse.GetValue(takt) ?? Path.Combine(root, "publish", "takt"), parse.GetValue(taktOption) ?? [], parse.GetValue(tier)),
                new PeerProgram(
                    parse.GetValue(peer) is { } program ? [program] : ["node", Path.Combine(AppContext.BaseDirectory, "peer.mjs")],
                    parse.GetValue(backend)!),
                parse.GetValue(pairs), parse.GetValue(threads))
            { Prompt = Number(prompt), Generate = Number(generate), Batch = Number(batch), Depth = Number(depth), Busy = Number(busy), Retakes = parse.GetValue(retakes), Limit = TimeSpan.FromSeconds(Math.Max(1, parse.GetValue(timeout))) };
            string heading = parse.GetValue(title) ?? Tables.Title(word, setup, parse.GetValue(tier), parse.GetValue(backend)!);
            MachineFacts machine = MachineFacts.OfThisMachine();
            string file = Path.Combine(root, "bench", "results", (parse.GetValue(name) ?? machine.Slug) + ".json");
            foreach (string model in parse.GetValue(models)!)
            {
                IReadOnlyList<ComparedRow> rows = Tables.Rows(word, setup, model, take(setup, model));
                var table = new ComparedTable(heading, "compare " + string.Join(' ', args), DateOnly.FromDateTime(DateTime.UtcNow), rows);
                Results.Load(file, machine).With(table).Save(file);
                Console.WriteLine(Markdown.Of(table));
            }

            return 0;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    });
    return command;
}

// The folder of the solution: results are kept in it.
static string Checkout()
{
    for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Takt.slnx"))) return folder.FullName;
    }

    return Environment.CurrentDirectory;
}

// Keeps a core busy until standard input ends.
static int Burn()
{
    var worker = new Thread(() => { for (ulong x = 1; x != 0; x = x * 6364136223846793005 + 1442695040888963407) ; }) { IsBackground = true };
    worker.Start();
    Console.In.ReadToEnd();
    return 0;
}
