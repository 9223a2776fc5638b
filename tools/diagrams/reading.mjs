// Diagrams, tables and templates read as the stock tools read them.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BpmnModdle } from 'bpmn-moddle';
import { DmnModdle } from 'dmn-moddle';

const packages = createRequire(import.meta.url);

/** The vocabularies of the extension elements that our diagrams hold. */
export const VOCABULARIES = {
  zeebe: packages('zeebe-bpmn-moddle/resources/zeebe.json'),
  modeler: packages('modeler-moddle/resources/modeler.json'),
};

/** Whatever the reader could not place: misspelt elements and attributes, references that lead nowhere. */
export async function readingWarnings(file) {
  const { warnings } = await reader(file).fromXML(readFileSync(file, 'utf8'));
  return warnings.map((warning) => warning.message);
}

/** The file as its reader writes it, which for decision tables is how the editor saves it. */
export async function writtenAgain(file) {
  const moddle = reader(file);
  const { rootElement } = await moddle.fromXML(readFileSync(file, 'utf8'));
  return (await moddle.toXML(rootElement, { format: true })).xml;
}

function reader(file) {
  return file.endsWith('.dmn') ? new DmnModdle() : new BpmnModdle(VOCABULARIES);
}

/** The element templates beside the diagrams: one or several to a file. */
export function elementTemplates(folder) {
  const place = join(folder, '.camunda', 'element-templates');
  if (!existsSync(place)) return [];
  const files = readdirSync(place).filter((name) => name.endsWith('.json')).sort();
  return files.flatMap((name) => JSON.parse(readFileSync(join(place, name), 'utf8')));
}
