// Validates element templates (JSON on standard input: a list) and prints what is wrong with them as JSON.
import { validateZeebe } from '@bpmn-io/element-templates-validator';

let text = '';
for await (const part of process.stdin) text += part;
const found = JSON.parse(text).map((template) => {
  const { valid, errors } = validateZeebe(template);
  return { id: template.id, valid, errors: (errors ?? []).map((error) => error.message) };
});
process.stdout.write(JSON.stringify(found));
