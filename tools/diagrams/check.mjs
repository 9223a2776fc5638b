// node tools/diagrams/check.mjs FOLDER FILE...: asks the stock tools about diagrams (.bpmn) and tables (.dmn).
// FOLDER is where the element templates are. Prints one JSON object: file -> {"reading", "bpmnlint",
// "modeler", "importing"} (lists of findings as text) and "unchanged" (whether the editor's first save
// leaves the file as it is).
import { readFileSync } from 'node:fs';
import { withCanvas } from './canvas.mjs';
import { bpmnlintFindings, modelerLinterScript } from './linting.mjs';
import { elementTemplates, readingWarnings } from './reading.mjs';

const [folder, ...files] = process.argv.slice(2);
const found = {};
for (const file of files) found[file] = { reading: await readingWarnings(file) };

const diagrams = files.filter((file) => file.endsWith('.bpmn'));
for (const file of diagrams) found[file].bpmnlint = await bpmnlintFindings(readFileSync(file, 'utf8'));
if (diagrams.length) await withCanvas(askTheEditor, [await modelerLinterScript()]);
console.log(JSON.stringify(found));

async function askTheEditor(canvas) {
  const templates = elementTemplates(folder);
  for (const file of diagrams) {
    const before = readFileSync(file, 'utf8');
    const { warnings, xml } = await canvas.load(before);
    const lint = ([xml, templates]) => window.ehcLinting.findings(xml, templates);
    const modeler = await canvas.page.evaluate(lint, [before, templates]);
    Object.assign(found[file], { importing: warnings, unchanged: xml === before, modeler });
  }
}
