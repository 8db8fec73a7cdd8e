// Bundles what the pages take from npm into kg/web/static/built; `make frontend` runs it after `npm ci`.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { world } from "./world.js";

const out = new URL("../kg/web/static/built/", import.meta.url).pathname;

await rm(out, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ["src/editor.js"],
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  metafile: true,
});
await writeFile(`${out}world.json`, JSON.stringify(await world()));
const shapes = ["node_modules/world-atlas/countries-50m.json", "node_modules/i18n-iso-countries/codes.json"];
await writeFile(`${out}LICENCES.txt`, await licences([...Object.keys(metafile.inputs), ...shapes]));

// The licences of all packages that files were bundled from, as each asks for: by name and in full.
async function licences(files) {
  const names = files.map((file) => file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean);
  const texts = [...new Set(names)].sort().map(async (name) => {
    const folder = `node_modules/${name}`;
    const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file`);
    return `${name} ${version} (${license})\n\n${await readFile(`${folder}/${file}`, "utf8")}`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n`);
}
