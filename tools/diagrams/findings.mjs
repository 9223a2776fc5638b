// What the stock tools say about the diagrams (.bpmn) and decision tables (.dmn) of a folder.
import { readFileSync } from 'node:fs';
import { withCanvas } from './canvas.mjs';
import { bpmnlintFindings, modelerLinterScript } from './linting.mjs';
import { elementTemplates, readingWarnings, writtenAgain } from './reading.mjs';

/**
 * Asks once for all files, with one browser.
 *
 * @param {string} folder where the element templates are
 * @returns file -> lists of findings as text: "reading" (what the vocabulary doesn't know), "bpmnlint",
 *   "modeler" (what Camunda Modeler would show), "importing" (the editor's warnings), "saving" (whether the
 *   editor's first save would change the file). A decision table has "reading" and "saving" alone.
 */
export async function findingsOf(folder, files) {
  const found = {};
  for (const file of files) found[file] = { reading: await readingWarnings(file) };
  for (const file of files.filter(isTable)) found[file].saving = changed(file, await writtenAgain(file));
  const diagrams = files.filter((file) => !isTable(file));
  for (const file of diagrams) found[file].bpmnlint = await bpmnlintFindings(text(file));
  if (diagrams.length) {
    const scripts = [await modelerLinterScript()];
    await withCanvas((canvas) => askTheEditor(canvas, diagrams, elementTemplates(folder), found), scripts);
  }
  return found;
}

async function askTheEditor(canvas, diagrams, templates, found) {
  const lint = ([xml, templates]) => window.ehcLinting.findings(xml, templates);
  for (const file of diagrams) {
    const { warnings, xml } = await canvas.load(text(file));
    const modeler = await canvas.page.evaluate(lint, [text(file), templates]);
    Object.assign(found[file], { modeler, importing: warnings, saving: changed(file, xml) });
  }
}

function changed(file, saved) {
  return saved === text(file) ? [] : [`the editor would write this file differently: run node tools/diagrams/normalise.mjs ${file}`];
}

function isTable(file) {
  return file.endsWith('.dmn');
}

function text(file) {
  return readFileSync(file, 'utf8');
}
