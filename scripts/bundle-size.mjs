// Prints the files that browsers load, as they lie there and as they travel, and what of them each page needs; fails where wasm
// and JavaScript, compressed with Brotli, are more than a budget.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

// In bytes. May only be lowered: whoever needs more finds it elsewhere first. Beyond what was measured each holds 1 or 2 percent,
// which is about what another release of the compiler may cost.
const BUDGETS = {
  // All that there is. No browser needs it at once; in one piece it would be less (ADR 20).
  together: 250_000,
  // What `/` loads, and every other page too.
  "first page": 172_000,
};

const folder = "target/site/pkg";
const files = (existsSync(folder) ? readdirSync(folder) : []).filter((name) => /\.(wasm|js|css)$/.test(name)).sort();
if (!files.some((name) => name.endsWith(".wasm"))) {
  console.error(`no wasm file in ${folder}: run make build`);
  process.exit(1);
}

const sizes = files.map((name) => {
  const bytes = readFileSync(`${folder}/${name}`);
  return [name, bytes.length, gzipSync(bytes).length, brotliCompressSync(bytes).length];
});
const sum = (rows) => rows.reduce((total, [, ...numbers]) => total.map((value, index) => value + numbers[index]), [0, 0, 0]);
for (const [name, ...numbers] of [["", "plain", "gzip", "brotli"], ...sizes, ["together", ...sum(sizes)]]) {
  console.log(name.padEnd(56), ...numbers.map((value) => String(value).padStart(10)));
}

// Which files a page needs beside the main part. Without it the program is in one piece, and every page needs all.
const manifest = readdirSync(folder).find((name) => /^__wasm_split_manifest\b.*\.json$/.test(name));
const parts = manifest === undefined ? {} : JSON.parse(readFileSync(`${folder}/${manifest}`, "utf8"));
const apart = new Set(Object.values(parts).flat());
const program = sizes.filter(([name]) => !name.endsWith(".css"));
const needs = (part) => program.filter(([name]) => !apart.has(name.replace(/\.wasm$/, "")) || part.includes(name.replace(/\.wasm$/, "")));

console.log("\nwasm and JavaScript, brotli:");
let isTooMuch = false;
for (const [name, rows] of [
  ["together", program],
  ["first page", needs([])],
  ...Object.entries(parts).sort().map(([name, part]) => [`page ${name}`, needs(part)]),
]) {
  const [, , bytes] = sum(rows);
  const budget = BUDGETS[name];
  const beyond = budget !== undefined && bytes > budget ? `: ${bytes - budget} too many` : "";
  console.log(`${name.padEnd(24)}${bytes}${budget === undefined ? "" : ` of ${budget}`}${beyond}`);
  isTooMuch ||= beyond !== "";
}
process.exitCode = isTooMuch ? 1 : 0;
