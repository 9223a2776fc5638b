// node tools/diagrams/render.mjs OUT FILE...: draws each diagram as OUT/<name>.svg and OUT/<name>.png.
// Prints one line of JSON for each: {"file", "svg", "png", "warnings"}, or {"file", "error"}.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withCanvas } from './canvas.mjs';

const [out, ...files] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const results = await withCanvas(async (canvas) => {
  const drawn = [];
  for (const file of files) drawn.push(await draw(canvas, file));
  return drawn;
});
for (const result of results) console.log(JSON.stringify(result));

async function draw(canvas, file) {
  const source = readFileSync(file);
  const target = (extension) => join(out, `${basename(file, '.bpmn')}.${extension}`);
  try {
    const { svg, warnings } = await canvas.load(source.toString('utf8'));
    writeFileSync(target('svg'), signed(svg, source));
    writeFileSync(target('png'), await canvas.photograph(svg));
    return { file, svg: target('svg'), png: target('png'), warnings };
  } catch (error) {
    return { file, error: error.message };
  }
}

/** The picture names the diagram it was drawn from, so that a stale one can be told without drawing. */
function signed(svg, source) {
  const digest = createHash('sha256').update(source).digest('hex');
  const body = svg.slice(svg.indexOf('<svg'));
  return `<?xml version="1.0" encoding="utf-8"?>\n<!-- drawn by bpmn-js (http://bpmn.io) from sha256 ${digest} -->\n${body}\n`;
}
