// llama.cpp as a peer, through npm's node-llama-cpp (`npm install --ignore-scripts node-llama-cpp` in this folder):
//   node peer.mjs bench FILE [-t 2] [-r 1] [-p 512] [-n 128] [-s 8] [-bn 32] [-d 0] [-b best]
//   node peer.mjs greedy FILE IDS... [-n 1] [-t 2] [-b best]
// `bench` prints one line of key=value between tabs: pp512, tg128, batch8 (tokens a second, medians) and peak_rss_MB.
import {readFileSync} from "node:fs";
import {getLlama} from "node-llama-cpp";

const names = {"-t": "threads", "-r": "repetitions", "-p": "prompt", "-n": "generate", "-s": "sequences", "-bn": "batchTokens", "-d": "depth", "-b": "backend"};
const options = {threads: 2, repetitions: 1, prompt: 512, generate: 128, sequences: 8, batchTokens: 32, depth: 0, backend: "best"};
const words = [];
for (let args = process.argv.slice(2); args.length > 0;) {
    const word = args.shift();
    if (!(word in names)) words.push(word);
    else options[names[word]] = word === "-b" ? args.shift() : Number(args.shift());
}
const [command, file, ...ids] = words;
if (options.backend !== "best") fail(`node-llama-cpp chooses the backend itself: -b best, not -b ${options.backend}`);
if (file == null || !["bench", "greedy"].includes(command)) fail("say: bench FILE or greedy FILE IDS...");

const llama = await getLlama({gpu: false, build: "never", maxThreads: options.threads, progressLogs: false, logLevel: "error"});
const model = await llama.loadModel({modelPath: file});
if (command === "greedy") await greedy();
else await bench();
process.exit(0);

async function greedy() {
    const sequence = (await contextOf(512, 1)).getSequence();
    await take(sequence.evaluate(ids.map(Number), {temperature: 0, yieldEogToken: true}), options.generate, token => process.stdout.write(`${token} `));
    process.stdout.write("\n");
}

async function bench() {
    const {prompt, generate, sequences, batchTokens, depth} = options;
    const fields = [];
    if (prompt > 0) fields.push(`pp${prompt}=${await median(prompt, 1, async ([sequence]) => {
        const start = performance.now();
        await take(sequence.evaluate(random(prompt), {temperature: 0, yieldEogToken: true}), 1);
        return prompt / seconds(start);
    })}`);
    if (generate > 0) fields.push(`tg${generate}=${await median(depth + generate + 1, 1, async ([sequence]) => {
        const tokens = sequence.evaluate(random(Math.max(depth, 1)), {temperature: 0, yieldEogToken: true});
        await tokens.next(); // reads the depth
        const start = performance.now();
        await take(tokens, generate);
        return generate / seconds(start);
    })}`);
    if (sequences > 0) fields.push(`batch${sequences}=${await median(batchTokens + 2, sequences, async all => {
        const streams = all.map(sequence => sequence.evaluate(random(1), {temperature: 0, yieldEogToken: true}));
        await Promise.all(streams.map(stream => stream.next()));
        const start = performance.now();
        await Promise.all(streams.map(stream => take(stream, batchTokens)));
        return sequences * batchTokens / seconds(start);
    })}`);
    fields.push(`peak_rss_MB=${Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1.024e-3}`);
    console.log(fields.join("\t"));
}

// The median of the repetitions, after one that does not count.
async function median(contextSize, sequences, measure) {
    const context = await contextOf(contextSize, sequences);
    const all = Array.from({length: sequences}, () => context.getSequence());
    const speeds = [];
    for (let i = -1; i < options.repetitions; i++) {
        await Promise.all(all.map(sequence => sequence.clearHistory()));
        const speed = await measure(all);
        if (i >= 0) speeds.push(speed);
    }
    await context.dispose();
    speeds.sort((a, b) => a - b);
    return (speeds[(speeds.length - 1) >> 1] + speeds[speeds.length >> 1]) / 2;
}

function contextOf(contextSize, sequences) {
    return model.createContext({contextSize, sequences, batchSize: 512, threads: {ideal: options.threads, min: options.threads}});
}

async function take(tokens, count, use = () => {}) {
    for (let i = 0; i < count; i++) {
        const {value, done} = await tokens.next();
        if (done) fail(`the peer stopped after ${i} of ${count} tokens`);
        use(value);
    }
}

function random(count) {
    return Array.from({length: count}, () => Math.floor(Math.random() * model.fileInfo.metadata.tokenizer.ggml.tokens.length));
}

function seconds(start) {
    return (performance.now() - start) / 1000;
}

function fail(message) {
    console.error(message);
    process.exit(2);
}
