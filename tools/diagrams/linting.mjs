// The two linters: bpmnlint with our configuration, and what Camunda Modeler itself shows.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BpmnModdle } from 'bpmn-moddle';
import { Linter as BpmnLinter } from 'bpmnlint';
import NodeResolver from 'bpmnlint/lib/resolver/node-resolver.js';
import { build } from 'esbuild';
import { VOCABULARIES } from './reading.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const CONFIGURATION = createRequire(import.meta.url)('./bpmnlintrc.json');

/** bpmnlint's findings. A new linter each time: one keeps what it saw in the diagram before. */
export async function bpmnlintFindings(xml) {
  const { rootElement } = await new BpmnModdle(VOCABULARIES).fromXML(xml);
  const linter = new BpmnLinter({ config: CONFIGURATION, resolver: new NodeResolver() });
  const reports = await linter.lint(rootElement);
  return Object.entries(reports).flatMap(([rule, found]) => found.map(({ id, message }) => `${id}: ${message} (${rule})`));
}

/**
 * The Modeler's linter as a script for a page: it is written for a bundler, and its element templates need a
 * document. In the page, `ehcLinting.findings(xml, templates)` gives what Camunda Modeler would show.
 */
export async function modelerLinterScript() {
  const { outputFiles } = await build({
    stdin: { contents: IN_THE_PAGE, resolveDir: HERE },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'ehcLinting',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

const IN_THE_PAGE = `
import { Linter } from '@camunda/linting';
import { CloudElementTemplatesLinterPlugin } from 'bpmn-js-element-templates';

export async function findings(xml, templates) {
  const plugins = templates.length ? [CloudElementTemplatesLinterPlugin(templates)] : [];
  const reports = await new Linter({ plugins }).lint(xml);
  return reports.map(({ id, message, rule }) => id + ': ' + message + ' (' + rule + ')');
}
`;
