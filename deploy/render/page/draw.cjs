// node draw.cjs JOB: draws boards in a headless Chromium and writes what is read on them.
//
// JOB is a JSON file: { boards: [{ name, board, answers, span, variables }], windows: [{ name, width, menu }], chromium, out, pictures }.
// NODE_PATH is the folder of the packages. Writes out/measured.json and, with `pictures`, out/BOARD-WINDOW.png. Nothing is fetched: the
// page and the icons come from files.
const fs = require('node:fs');
const path = require('node:path');
const { build } = require('esbuild');
const { chromium } = require('playwright-core');

const HOST = 'http://boards.invalid';
const HTML = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><body></body></html>';
const LIMIT_MS = 60_000;

async function main() {
  const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  const code = await bundled(job);
  const browser = await chromium.launch({
    executablePath: job.chromium,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--force-color-profile=srgb'],
  });
  try {
    const measured = [];
    for (const window of job.windows) {
      const context = await browser.newContext({ viewport: { width: window.width, height: 768 }, locale: 'zh-CN' });
      context.setDefaultTimeout(LIMIT_MS);
      await context.route('**/*', answer);
      for (const one of job.boards) {
        measured.push(await drawn(await context.newPage(), code, one, window, job));
      }
      await context.close();
    }
    fs.writeFileSync(path.join(job.out, 'measured.json'), JSON.stringify(measured));
  } finally {
    await browser.close();
  }
}

async function bundled(job) {
  const made = await build({
    entryPoints: [path.join(__dirname, 'board.jsx')],
    bundle: true,
    write: false,
    outdir: job.out,
    external: ['monaco-editor', 'monaco-editor/*', 'react-monaco-editor'],
    format: 'iife',
    jsx: 'automatic',
    alias: Object.fromEntries(['data', 'schema', 'ui'].map((name) => [`@grafana/${name}`, require.resolve(`@grafana/${name}`)])),
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    nodePaths: process.env.NODE_PATH.split(path.delimiter),
    loader: { '.svg': 'dataurl', '.ttf': 'dataurl' },
    logLevel: 'error',
    target: 'chrome110',
  });
  const [script, style] = ['.js', '.css'].map((end) => made.outputFiles.find((file) => file.path.endsWith(end)).text);
  return { script, style };
}

async function drawn(page, code, one, window, job) {
  const faults = [];
  page.on('console', (m) => process.env.DEBUG_PAGE && console.error(m.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  const width = window.width - window.menu;
  await page.goto(HOST);
  await page.addStyleTag({ content: code.style });
  await page.addScriptTag({ content: code.script });
  const height = await page.evaluate((input) => globalThis.drawBoard(input), { ...one, width });
  const panels = await page.evaluate(() => globalThis.measuredBoard());
  if (job.pictures) {
    await page.screenshot({
      path: path.join(job.out, `${one.name}-${window.name}.png`),
      clip: { x: 0, y: 0, width, height },
      fullPage: true,
    });
  }
  await page.close();
  if (faults.length > 0) {
    throw new Error(`${one.name}: ${faults.join('; ')}`);
  }
  return { board: one.name, window: window.name, panels };
}

/** The page, and Grafana's icons. */
async function answer(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/') {
    return route.fulfill({ contentType: 'text/html', body: HTML });
  }
  const file = path.join(process.env.NODE_PATH, '@grafana/ui/dist', pathname);
  return fs.existsSync(file) ? route.fulfill({ path: file }) : route.abort();
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
