// `node compress.mjs FROM TO`: copies a folder, with a `.br` and a `.gz` beside each file that they make smaller. Nothing else
// stays in TO, and what would not change is not written: cargo goes by the time of change.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [from, to] = process.argv.slice(2);
if (!to) {
  console.error("node compress.mjs FROM TO");
  process.exit(1);
}

const files = new Map();
for (const path of filesIn(from)) {
  const content = readFileSync(join(from, path));
  files.set(path, content);
  const hints = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  const compressed = { br: brotliCompressSync(content, { params: hints }), gz: gzipSync(content, { level: 9 }) };
  for (const [ending, bytes] of Object.entries(compressed)) {
    if (bytes.length < content.length) files.set(`${path}.${ending}`, bytes);
  }
}

mkdirSync(to, { recursive: true });
for (const path of filesIn(to)) if (!files.has(path)) rmSync(join(to, path));
for (const [path, content] of files) {
  const target = join(to, path);
  if (present(target)?.equals(content)) continue;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
}

/** Paths of the files in a folder and in those below. */
function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // `parentPath` is Node 20.12's; `path` was its name before.
  const paths = entries.filter((it) => it.isFile()).map((it) => join(it.parentPath ?? it.path, it.name));
  return paths.map((path) => path.slice(join(folder, "/").length));
}

function present(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
