// node tools/diagrams/normalise.mjs FILE...: writes each diagram (.bpmn) and decision table (.dmn) as its editor
// saves it, so that the first save by a process owner changes only what they changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { withCanvas } from './canvas.mjs';
import { writtenAgain } from './reading.mjs';

await withCanvas(async (canvas) => {
  for (const file of process.argv.slice(2)) {
    const before = readFileSync(file, 'utf8');
    const after = file.endsWith('.dmn') ? await writtenAgain(file) : (await canvas.load(before)).xml;
    if (after !== before) writeFileSync(file, after);
    console.log(`${file}: ${after === before ? 'as saved' : 'rewritten'}`);
  }
});
