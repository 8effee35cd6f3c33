// Unpacks headless Chromium from npm into the folder given, and writes there how to launch it (launch.json).
//
// The package unpacks into os.tmpdir(), to names that any user of the machine may have taken: so it is told that
// our folder is the temporary one. Its Linux libraries serve only where the machine lacks them.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(process.argv[2]);
mkdirSync(folder, { recursive: true });
process.env.TMPDIR = folder;

const { default: chromium, inflate } = await import("@sparticuz/chromium");
const executable = await chromium.executablePath();
// Our own list of fonts: the package's names folders of another machine, and the same pages look the same anywhere.
const escaped = folder.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
const env = { FONTCONFIG_FILE: join(folder, "fonts.conf") };
writeFileSync(
  env.FONTCONFIG_FILE,
  `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
  <dir>${escaped}/fonts</dir><cachedir>${escaped}/fonts-cache</cachedir></fontconfig>\n`,
);

function starts(extra) {
  const tried = spawnSync(executable, ["--no-sandbox", "--version"], { env: { ...process.env, ...extra } });
  return tried.status === 0 ? "" : `${tried.error ?? ""}${tried.stderr ?? ""}`;
}

let complaint = starts(env);
if (complaint) {
  const bin = new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"));
  await inflate(decodeURIComponent(bin.pathname));
  env.LD_LIBRARY_PATH = join(folder, "al2023", "lib");
  complaint = starts(env);
}
if (complaint) {
  console.error(`Chromium does not start on this machine: ${complaint.trim()}`);
  process.exit(1);
}
// No sandbox: it refuses root, and needs user namespaces that containers often forbid. The tests visit only our pages.
const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"];
writeFileSync(join(folder, "launch.json"), JSON.stringify({ executable_path: executable, args, env }, null, 2));
