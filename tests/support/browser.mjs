// A page of headless Chromium, driven by lines of JSON: {"call": method of Playwright's page, "arguments": [...]}
// gives {"result": ...} or {"error": ...}. The first line says that it is ready. Ends with its input.
// The page reaches this machine alone; what it tried beyond, and what went wrong in it, is told by "troubles".
import { createInterface } from 'node:readline';
import { launchBrowser } from '../../tools/browser.mjs';

const LOCAL = /^(https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]|data:|blob:|about:)/;

const browser = await launchBrowser();
const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London' });
const page = await context.newPage();
let troubles = [];
await context.route((url) => !LOCAL.test(url.href), (route) => {
  troubles.push(`asked for ${route.request().url()}`);
  return route.abort();
});
page.on('pageerror', (error) => troubles.push(error.message));
page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));

const calls = {
  troubles: () => troubles,
  fresh: async () => {
    await context.clearCookies();
    await page.goto('about:blank');
    troubles = [];
  },
};

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ result: browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const { call, arguments: given } = JSON.parse(line);
  try {
    const result = await (calls[call] ?? page[call].bind(page))(...given);
    say({ result: isPlain(result) ? result : null });
  } catch (error) {
    say({ error: error.message });
  }
}
await browser.close();

function isPlain(value) {
  return value === undefined || value === null || typeof value !== 'object' || [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
}
