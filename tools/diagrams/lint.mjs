// node tools/diagrams/lint.mjs [FOLDER]: the findings about a folder's diagrams and tables (default: bpmn) in
// words. Exit code 1 if there is one.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingsOf } from './findings.mjs';

const folder = process.argv[2] ?? 'bpmn';
const files = readdirSync(folder).filter((name) => /\.(bpmn|dmn)$/.test(name)).map((name) => join(folder, name));
const found = Object.entries(await findingsOf(folder, files));
const lines = found.flatMap(([file, kinds]) => Object.values(kinds).flat().map((finding) => `${file}: ${finding}`));
for (const line of lines) console.log(line);
console.log(`${files.length} files, ${lines.length} findings.`);
process.exitCode = lines.length ? 1 : 0;
