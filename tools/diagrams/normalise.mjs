// node tools/diagrams/normalise.mjs FILE...: writes each diagram as bpmn-js saves it, so that the first
// save by a process owner changes only what they changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { withCanvas } from './canvas.mjs';

await withCanvas(async (canvas) => {
  for (const file of process.argv.slice(2)) {
    const before = readFileSync(file, 'utf8');
    const { xml, warnings } = await canvas.load(before);
    for (const warning of warnings) console.error(`${file}: ${warning}`);
    if (xml !== before) writeFileSync(file, xml);
    console.log(`${file}: ${xml === before ? 'as saved' : 'rewritten'}`);
  }
});
