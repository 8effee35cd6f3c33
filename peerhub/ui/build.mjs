// Builds the front end into var/assets/ui/ (git-ignored): one stylesheet, one script, the fonts, the icon sprite;
// and apart from them the outlines of the départements, the rich editor, and the minutes that several write at once.
// Names are deterministic; Django's manifest storage hashes them (and rewrites url() in the CSS).
//
//   node peerhub/ui/build.mjs            once
//   node peerhub/ui/build.mjs --watch    again at each change of css/ or js/
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";
import subsetFont from "subset-font";
import { outlines } from "./outlines.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const out = process.env.PEERHUB_ASSETS ?? join(process.env.PEERHUB_VAR ?? join(root, "var"), "assets");
const target = join(out, "ui");
// A first visit (both preloaded fonts, stylesheet, script, sprite) may weigh this much, compressed; the page's own
// HTML has the rest of the 100 kB.
const BUDGET = 88_000;
// What loads when someone begins to write.
const EDITOR_BUDGET = 150_000;
// What the page loads on which several write the minutes of a session: Yjs, and what binds it to the fields.
const MINUTES_BUDGET = 40_000;

// What French and English need: the first visit loads only this; rarer letters come from the "ext" files.
const LATIN = [
  ...range(0x20, 0x7e), ...range(0xa0, 0xff),
  ..."ıŒœŸŠšŽžˆ˜–—‘’‚“”„†‡•…‰‹›€™→←↑↓↗−≥≤×⁄ᵉʳ\u2009\u202f\u2011",
].join("");
const ITALIC_AXES = { wght: { min: 400, max: 700 } };
const FONTS = [
  // Titles wear one weight: a fixed instance is half the size of the variable file.
  { name: "bricolage", pack: "bricolage-grotesque", file: "latin-wght-normal", axes: { wght: 650 }, text: LATIN },
  { name: "bricolage-ext", pack: "bricolage-grotesque", file: "latin-ext-wght-normal" },
  { name: "atkinson", pack: "atkinson-hyperlegible-next", file: "latin-wght-normal", axes: ITALIC_AXES, text: LATIN },
  { name: "atkinson-italic", pack: "atkinson-hyperlegible-next", file: "latin-wght-italic", axes: ITALIC_AXES, text: LATIN },
  { name: "atkinson-ext", pack: "atkinson-hyperlegible-next", file: "latin-ext-wght-normal" },
];

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i));
}

async function fonts() {
  await mkdir(join(target, "fonts"), { recursive: true });
  for (const { name, pack, file, axes, text } of FONTS) {
    const source = join(root, "node_modules", "@fontsource-variable", pack, "files", `${pack}-${file}.woff2`);
    const whole = await readFile(source);
    const bytes = text ? await subsetFont(whole, text, { targetFormat: "woff2", variationAxes: axes }) : whole;
    await writeFile(join(target, "fonts", `${name}.woff2`), bytes);
  }
}

async function sprite() {
  const names = (await readFile(join(here, "icons.txt"), "utf8"))
    .split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const symbols = [];
  for (const name of names) {
    const svg = await readFile(join(root, "node_modules", "lucide-static", "icons", `${name}.svg`), "utf8");
    const body = svg.replace(/<!--.*?-->/gs, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").replace(/> </g, "><").replace(/ \/>/g, "/>").trim()}</symbol>`);
  }
  const head = "<!-- Icons: Lucide (lucide.dev), ISC licence. -->";
  await writeFile(join(target, "icons.svg"), `${head}<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function map() {
  await writeFile(join(target, "departements.svg"), await outlines(root));
}

async function bundles() {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { app: join(here, "css/app.css"), sessions: join(here, "css/sessions.css"), mentoring: join(here, "css/mentoring.css"), editor: join(here, "css/editor.css") },
    bundle: true, minify: true, outdir: target, external: ["fonts/*"], legalComments: "none", charset: "utf8",
    // Keeps light-dark(), nesting and logical properties as written: the browsers that we support have them.
    target: ["chrome125", "firefox128", "safari17.5"], logLevel: "warning",
  });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { app: join(here, "js/app.js"), editor: join(here, "js/editor/index.js"), minutes: join(here, "js/minutes/index.js") },
    bundle: true, minify: true, format: "esm", outdir: target, legalComments: "linked", charset: "utf8",
    alias: { entities: join(here, "js/editor/markdown/entities.js"), "linkify-it": join(here, "js/editor/markdown/no_linkify.js") },
    target: ["chrome125", "firefox128", "safari17.5"], logLevel: "warning",
  });
}

async function weigh() {
  const visit = ["app.css", "app.js", "icons.svg", "fonts/bricolage.woff2", "fonts/atkinson.woff2"];
  await hold("first visit", visit, BUDGET);
  await hold("rich editor", ["editor.js", "editor.css"], EDITOR_BUDGET);
  await hold("minutes", ["minutes.js"], MINUTES_BUDGET);
}

async function hold(what, names, budget) {
  let total = 0;
  const rows = [];
  for (const name of names) {
    const bytes = await readFile(join(target, name));
    const size = name.endsWith(".woff2") ? bytes.length : brotliCompressSync(bytes).length;
    total += size;
    rows.push(`${name} ${(size / 1000).toFixed(1)}`);
  }
  console.log(`ui: ${rows.join(", ")}; ${what} ${(total / 1000).toFixed(1)} kB compressed (budget ${budget / 1000})`);
  if (total > budget) throw new Error(`ui: over its budget: ${what}`);
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await Promise.all([fonts(), sprite(), map(), bundles(), copyFile(join(here, "favicon.svg"), join(target, "favicon.svg"))]);
await weigh();

if (process.argv.includes("--watch")) {
  let pending;
  for (const folder of ["css", "js", "."]) {
    watch(join(here, folder), { recursive: folder !== "." }, (_, file) => {
      if (folder === "." && file !== "icons.txt") return;
      clearTimeout(pending);
      pending = setTimeout(() => Promise.all([sprite(), bundles()]).then(weigh).catch((e) => console.error(e.message)), 50);
    });
  }
  console.log(`ui: watching ${(await readdir(join(here, "js/elements"))).length} elements`);
}
