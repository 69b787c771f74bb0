// Writes Tokenizers/Normalization/normalization.bin, the data of Unicode's normalization forms, from what this Node.js knows.
// Usage: node tools/normalization.mjs   (in the project's folder; the Unicode version is printed)
//
// Layout, all numbers little-endian 32-bit: three sections, each a count and then that many entries.
//   combining classes: code point, order     (only the order of classes matters to the algorithm, so their rank is stored)
//   decompositions:    code point, length | compatibility << 8, then the code points (complete, without Hangul)
//   compositions:      first, second, composite
import { writeFileSync } from 'node:fs';

const text = (...points) => String.fromCodePoint(...points);
const points = string => [...string].map(c => c.codePointAt(0));
const all = [];
for (let c = 0; c < 0x110000; c++) if ((c < 0xD800 || c > 0xDFFF) && !(c >= 0xAC00 && c <= 0xD7A3)) all.push(c);

// Canonical ordering swaps two marks exactly when the first has the higher class.
const swaps = (a, b) => points(text(0x61, a, b).normalize('NFD'))[1] === b && a !== b;
const overlay = 0x334, iotaSubscript = 0x345; // the lowest class (1) and the highest (240)
const single = c => text(c).normalize('NFD') === text(c);
const marks = all.filter(c => single(c) && (swaps(c, overlay) || swaps(iotaSubscript, c) || c === iotaSubscript));
const classes = [];
const order = new Map();
for (const mark of marks) {
  let low = 0, high = classes.length, found = -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (swaps(classes[middle], mark)) high = middle;
    else if (swaps(mark, classes[middle])) low = middle + 1;
    else { found = middle; break; }
  }
  if (found < 0) { classes.splice(low, 0, mark); }
}
for (const mark of marks) order.set(mark, classes.findIndex(c => !swaps(c, mark) && !swaps(mark, c)) + 1);

const out = [];
const section = entries => { out.push(entries.length); for (const e of entries) out.push(...e); };
section([...order]);
const decompositions = [], compositions = [];
for (const c of all) {
  const canonical = points(text(c).normalize('NFD')), compatible = points(text(c).normalize('NFKD'));
  if (canonical.length > 1 || canonical[0] !== c) {
    decompositions.push([c, canonical.length, ...canonical]);
    if (canonical.length > 1 && text(c).normalize('NFC') === text(c)) {
      const first = points(text(...canonical.slice(0, -1)).normalize('NFC'));
      if (first.length !== 1) throw new Error(`no pair composes ${c.toString(16)}`);
      compositions.push([first[0], canonical.at(-1), c]);
    }
  }
  if (compatible.join() !== canonical.join()) decompositions.push([c, compatible.length | 256, ...compatible]);
}
section(decompositions);
section(compositions);
writeFileSync('Tokenizers/Normalization/normalization.bin', new Uint8Array(new Uint32Array(out).buffer));
console.log(`Unicode ${process.versions.unicode}: ${order.size} marks in ${classes.length} classes, ` +
  `${decompositions.length} decompositions, ${compositions.length} compositions, ${out.length * 4} bytes`);
