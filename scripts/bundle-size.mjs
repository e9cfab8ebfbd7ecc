// Prints what a browser has to fetch before the page comes to life, as it lies there and as it travels.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

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
const total = sizes.reduce((sum, [, ...numbers]) => sum.map((value, index) => value + numbers[index]), [0, 0, 0]);
for (const [name, ...numbers] of [["", "plain", "gzip", "brotli"], ...sizes, ["together", ...total]]) {
  console.log(name.padEnd(48), ...numbers.map((value) => String(value).padStart(10)));
}
