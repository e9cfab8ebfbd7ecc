// After `cargo leptos build --split`: gives the three files that name each other one name, made of what is in all of them; and the
// icon one of its own.
//
// cargo-leptos names each before it writes the names of the others into it. So files of two builds can differ and have one name, and a
// browser, which keeps the older one for a year, would ask for parts that are gone. (The parts themselves name no file.)
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = "target/site/pkg";
const hashes = "target/release/hash.txt";

let text = readFileSync(hashes, "utf8");
const files = [["js", "exeunt", "js"], ["wasm", "exeunt", "wasm"], ["split", "__wasm_split", "js"]].map(([kind, stem, ending]) => {
  const hash = new RegExp(`^${kind}: *(\\S+)$`, "m").exec(text)?.[1];
  if (hash === undefined) {
    console.error(`${hashes} names no ${kind}: was this built with cargo leptos build --split?`);
    process.exit(1);
  }
  // A character for each byte, whatever it means.
  return { kind, stem, ending, hash, content: readFileSync(`${folder}/${stem}.${hash}.${ending}`, "latin1") };
});

// Always of the same length: one of them is no text.
const rename = (content, hash) => files.reduce((renamed, file) => renamed.replaceAll(file.hash, hash), content);
const digest = createHash("md5");
for (const { content } of files) {
  digest.update(rename(content, "_".repeat(22)), "latin1");
}
const hash = digest.digest("base64url");

for (const { kind, stem, ending, hash: old, content } of files) {
  for (const name of readdirSync(folder).filter((name) => name.startsWith(`${stem}.${old}.${ending}`))) {
    rmSync(`${folder}/${name}`);
  }
  const path = `${folder}/${stem}.${hash}.${ending}`;
  const bytes = Buffer.from(rename(content, hash), "latin1");
  writeFileSync(path, bytes);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes));
  writeFileSync(`${path}.gz`, gzipSync(bytes));
  text = text.replace(`${kind}: ${old}`, `${kind}: ${hash}`);
}

// cargo-leptos copies what is in public/ as it is called there, so nobody could keep it for long. The page names this copy;
// /favicon.svg stays for whoever asks for that.
const icon = readFileSync("target/site/favicon.svg");
const iconHash = createHash("md5").update(icon).digest("base64url");
for (const name of readdirSync(folder).filter((name) => name.startsWith("favicon."))) {
  rmSync(`${folder}/${name}`);
}
for (const [ending, content] of [["", icon], [".br", brotliCompressSync(icon)], [".gz", gzipSync(icon)]]) {
  writeFileSync(`${folder}/favicon.${iconHash}.svg${ending}`, content);
}
text = [...text.split("\n").filter((line) => line !== "" && !line.startsWith("favicon:")), `favicon: ${iconHash}`, ""].join("\n");
writeFileSync(hashes, text);
