// Prints the files that browsers load, as they lie there and as they travel, and what of them each page needs; fails where wasm
// and JavaScript, compressed with Brotli, are more than a budget.
//
// The budgets stand in bundle-budget.json, in bytes: `together` for all that there is (no browser needs it at once; in one piece it
// would be less, ADR 20), `first page` for what `/` loads, and every other page too. They may only be lowered: whoever needs more
// finds it elsewhere first. So it fails, too,
// - where a budget is above one of any commit that git knows here (a clone without history has little to compare, a copy
//   that is no clone nothing: it says with how many commits it compared);
// - where a budget is further above what was measured than another release of the compiler may cost: what was saved is kept.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const BUDGET_FILE = "scripts/bundle-budget.json";
// In percent of what was measured.
const SLACK = 2;

const budgets = JSON.parse(readFileSync(BUDGET_FILE, "utf8"));

const folder = "target/site/pkg";
const faults = [];
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

// What each budget was, commit by commit, the newest first.
const git = (...words) => execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const earlier = () => {
  try {
    const commits = git("log", "--format=%h", "--", BUDGET_FILE).split("\n").filter((commit) => commit !== "");
    return commits.flatMap((commit) => {
      try {
        return [[commit, JSON.parse(git("show", `${commit}:${BUDGET_FILE}`))]];
      } catch {
        // It was taken away there, or is none that can be read.
        return [];
      }
    });
  } catch {
    return [];
  }
};

console.log("\nwasm and JavaScript, brotli:");
for (const [name, rows] of [
  ["together", program],
  ["first page", needs([])],
  ...Object.entries(parts).sort().map(([name, part]) => [`page ${name}`, needs(part)]),
]) {
  const [, , bytes] = sum(rows);
  const budget = budgets[name];
  console.log(`${name.padEnd(24)}${bytes}${budget === undefined ? "" : ` of ${budget}`}`);
  const loosest = Math.floor((bytes * (100 + SLACK)) / 100);
  if (bytes > budget) {
    faults.push(`${name}: ${bytes - budget} bytes too many`);
  } else if (budget > loosest) {
    faults.push(`${name}: a budget of ${budget} lets go what was saved; lower it in ${BUDGET_FILE}, to ${loosest} at most`);
  }
}

const history = earlier();
const isShallow = () => git("rev-parse", "--is-shallow-repository").trim() === "true";
console.log(
  history.length === 0
    ? "\nbudgets: git knows none here, so there is nothing to compare with"
    : `\nbudgets: compared with ${history.length} earlier${isShallow() ? "; this clone has no others" : ""}`,
);
// Those that there are and those that there were: none may vanish either.
for (const name of new Set(["together", "first page", ...history.flatMap(([, known]) => Object.keys(known))])) {
  if (!Number.isSafeInteger(budgets[name])) {
    faults.push(`${name}: has no budget in ${BUDGET_FILE}`);
    continue;
  }
  const lower = history.find(([, known]) => known[name] < budgets[name]);
  if (lower !== undefined) {
    faults.push(`${name}: the budget was raised, from ${lower[1][name]} in commit ${lower[0]} to ${budgets[name]}`);
  }
}

for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length === 0 ? 0 : 1;
