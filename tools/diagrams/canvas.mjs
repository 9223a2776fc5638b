// bpmn-js in a headless page: what the editor makes of a diagram, and its picture.
import { createRequire } from 'node:module';
import { launchBrowser } from '../browser.mjs';
import { VOCABULARIES } from './reading.mjs';

const packages = createRequire(import.meta.url);
const MODELER = packages.resolve('bpmn-js/dist/bpmn-modeler.production.min.js');
const STYLES = ['diagram-js.css', 'bpmn-js.css', 'bpmn-font/css/bpmn-embedded.css'];

/**
 * Calls work(canvas) with an open canvas, and closes the browser whatever happens.
 *
 * canvas.load(xml) answers {warnings, xml, svg}: the import's warnings as text, and the diagram as the
 * editor would save it. canvas.photograph(svg) answers a PNG at one pixel per unit. canvas.page is for
 * whatever else the given scripts put into the page.
 */
export async function withCanvas(work, scripts = []) {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<!doctype html><div id="canvas" style="width:1600px;height:900px"></div>');
    for (const style of STYLES) await page.addStyleTag({ path: packages.resolve(`bpmn-js/dist/assets/${style}`) });
    await page.addScriptTag({ path: MODELER });
    for (const script of scripts) await page.addScriptTag({ content: script });
    return await work({ page, load: (xml) => load(page, xml), photograph: (svg) => photograph(browser, svg) });
  } finally {
    await browser.close();
  }
}

function load(page, xml) {
  return page.evaluate(async ({ xml, moddleExtensions }) => {
    const modeler = new window.BpmnJS({ container: '#canvas', moddleExtensions });
    try {
      const { warnings } = await modeler.importXML(xml);
      const saved = await modeler.saveXML({ format: true });
      const drawn = await modeler.saveSVG();
      return { warnings: warnings.map((warning) => warning.message), xml: saved.xml, svg: drawn.svg };
    } finally {
      modeler.destroy();
    }
  }, { xml, moddleExtensions: VOCABULARIES });
}

async function photograph(browser, svg) {
  const [width, height] = ['width', 'height'].map((side) => Math.ceil(Number(svg.match(new RegExp(`<svg[^>]* ${side}="([\\d.]+)"`))[1])));
  const page = await browser.newPage({ viewport: { width, height } });
  try {
    await page.setContent(`<!doctype html><style>body{margin:0}svg{display:block}</style>${svg.slice(svg.indexOf('<svg'))}`);
    return await captured(page);
  } finally {
    await page.close();
  }
}

/** A machine short of memory sometimes refuses a first photograph of a large page. */
async function captured(page, triesLeft = 2) {
  try {
    return await page.screenshot();
  } catch (error) {
    if (triesLeft === 0 || !error.message.includes('Unable to capture screenshot')) throw error;
    return captured(page, triesLeft - 1);
  }
}
