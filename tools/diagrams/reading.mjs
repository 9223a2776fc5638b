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
  const text = readFileSync(file, 'utf8');
  const read = file.endsWith('.dmn')
    ? new DmnModdle().fromXML(text)
    : new BpmnModdle(VOCABULARIES).fromXML(text);
  return (await read).warnings.map((warning) => warning.message);
}

/** The element templates beside the diagrams: one or several to a file. */
export function elementTemplates(folder) {
  const place = join(folder, '.camunda', 'element-templates');
  if (!existsSync(place)) return [];
  const files = readdirSync(place).filter((name) => name.endsWith('.json')).sort();
  return files.flatMap((name) => JSON.parse(readFileSync(join(place, name), 'utf8')));
}
