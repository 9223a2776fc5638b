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
    return { file, error: sentence(error) };
  }
}

/** What the editor says, without the places in its code. */
function sentence(error) {
  const lines = error.message.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line && !line.startsWith('at '));
  return said.join(', ').replace('page.evaluate: Error: ', '');
}

/** The picture names the diagram it was drawn from, so that a stale one can be told without drawing. */
function signed(svg, source) {
  const digest = createHash('sha256').update(source).digest('hex');
  const body = numbered(svg.slice(svg.indexOf('<svg')));
  return `<?xml version="1.0" encoding="utf-8"?>\n<!-- drawn by bpmn-js (http://bpmn.io) from sha256 ${digest} -->\n${body}\n`;
}

/** Markers get ids by chance; numbered, the same diagram always gives the same file. */
function numbered(svg) {
  const ids = [...new Set([...svg.matchAll(/id="(marker-[^"]+)"/g)].map(([, id]) => id))];
  return ids.reduce((text, id, n) => text.replaceAll(id, `marker-${n + 1}`), svg);
}
