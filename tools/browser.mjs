// A headless Chromium for drawing and for tests of pages: the machine's own where there is one, else the
// one that comes with the npm packages, unpacked once into node_modules/.cache.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.cache', 'ehc-chromium');
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
// The package's own flags hold --single-process, under which closing one page ends the browser.
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'];

/**
 * Starts headless Chromium.
 *
 * EHC_BROWSER=packaged ignores a browser on PATH; EHC_BROWSER_LIBRARIES=packaged uses the package's own
 * system libraries (NSS) even where the machine has them. Both are for tests of the bare machine.
 *
 * @returns {Promise<import('playwright-core').Browser>} close it when done, or the process never ends
 * @throws {Error} naming the executable that would not start
 */
export async function launchBrowser(options = {}) {
  const { executablePath, environment } = await findBrowser();
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...environment }, ...options });
}

/** Which executable would be started, and with which additions to the environment. */
export async function findBrowser() {
  const installed = process.env.EHC_BROWSER === 'packaged' ? undefined : onPath();
  if (installed) return { executablePath: installed, environment: {} };
  const folder = await unpacked();
  const executablePath = join(folder, 'chromium');
  const fonts = { FONTCONFIG_FILE: join(folder, 'fonts.conf') };
  const own = [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  const choices = [fonts, { ...fonts, LD_LIBRARY_PATH: own }];
  if (process.env.EHC_BROWSER_LIBRARIES === 'packaged') choices.shift();
  const environment = choices.find((choice) => starts(executablePath, choice));
  if (!environment) throw new Error(`${executablePath} does not start here: run "ldd" on it to see which libraries it lacks`);
  return { executablePath, environment };
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return candidates.find((path) => isExecutable(path) && starts(path, {})); // a name may be a stub that tells how to install it
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function starts(executablePath, environment) {
  const run = spawnSync(executablePath, ['--version'], { env: { ...process.env, ...environment } });
  return run.status === 0;
}

/** Unpacks beside the final place and renames, so that two processes at once never see half a browser. */
async function unpacked() {
  const packages = createRequire(import.meta.url);
  const version = packages(join(dirname(packages.resolve('@sparticuz/chromium')), '..', '..', 'package.json')).version;
  const folder = join(CACHE, version);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const fresh = mkdtempSync(join(CACHE, 'unpacking-'));
  await unpackInto(fresh);
  writeFileSync(join(fresh, 'fonts.conf'), fontSettings(folder));
  try {
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(fresh, { recursive: true });
  }
  return folder;
}

/** Only the package's own font, so that a picture has the same line breaks on every machine. */
function fontSettings(folder) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts', 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;
}

async function unpackInto(folder) {
  const { inflate } = await import('@sparticuz/chromium');
  const archives = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..', '..', 'bin');
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder; // inflate() writes to os.tmpdir(), which all users of the machine can write to
  try {
    for (const name of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
      await inflate(join(archives, name));
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
