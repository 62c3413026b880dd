/** The page of the inspector over a long log, in a real Chromium: when it is painted, how it scrubs, and what server and page take. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from '@tidemark/test-e2e';
import { cpuSecondsOf } from '../measure.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { writeHistory } from './history.ts';
import { peakMebibytes, residentMebibytes } from './process-cost.ts';

type Browser = Awaited<ReturnType<typeof launchBrowser>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

export async function inspect(options: Options, say: (line: string) => void): Promise<void> {
  const { base, dist, events, items, logFolder } = options;
  const folder = await mkdtemp(join(base, 'tidemark-inspect-'));
  try {
    const log = logFolder ?? join(folder, 'log');
    const count =
      logFolder === undefined ? await writeHistory({ folder: log, files: items[0] ?? 0, events }) : null;
    await mkdir(join(folder, 'config'));
    const rows: string[][] = [];
    for (let run = 1; run <= options.runs; run += 1) rows.push(await measure(folder, dist, log));
    say(count === null ? '' : `\n${count.toLocaleString('en')} events`);
    say(markdownTable(columns, rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const columns = [
  ...[
    'address ms',
    'first paint ms',
    'timeline ms',
    'all read s',
    'frames a second',
    '95 % below ms',
    'longest ms',
  ],
  ...['details after ms', 'server MiB', 'at most', 'its CPU s', 'page MiB'],
];

async function measure(folder: string, dist: string, log: string): Promise<string[]> {
  const startedAt = performance.now();
  const since = (): number => performance.now() - startedAt;
  const server = spawn(join(dist, 'tidemark'), ['--confdir', join(folder, 'config'), 'inspect', log], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = server.pid ?? 0;
  // The browser of a person is there already.
  const browser = await launchBrowser(['--enable-precise-memory-info', '--js-flags=--expose-gc']);
  try {
    const address = await addressOf(server);
    const addressMs = since();
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const openedAt = performance.now();
    await page.goto(address);
    const paintMs = await firstPaint(page);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.locator('.event-row .event-type').first().waitFor();
    const timelineMs = performance.now() - openedAt;
    await page.locator('.source .figure', { hasNotText: 'reading' }).waitFor({ timeout: 900_000 });
    const readMs = since();
    const frames = await scrub(page);
    const detailsMs = await jump(page);
    const pageBytes = await page.evaluate(() => {
      (globalThis as unknown as { gc: () => void }).gc();
      return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
    });
    return [
      ...[addressMs, paintMs, timelineMs].map((ms) => ms.toFixed(0)),
      (readMs / 1000).toFixed(1),
      frames.rate.toFixed(1),
      ...[frames.mostMs, frames.longestMs].map((ms) => ms.toFixed(1)),
      detailsMs.toFixed(0),
      ...[residentMebibytes(pid), peakMebibytes(pid)].map((mebibytes) => mebibytes.toFixed(0)),
      cpuSecondsOf(pid).toFixed(1),
      (pageBytes / 2 ** 20).toFixed(1),
    ];
  } finally {
    await browser.close();
    server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'close');
  }
}

async function addressOf(server: ChildProcess): Promise<string> {
  let text = '';
  for (;;) {
    if (server.stdout === null) throw new Error('The inspector has no output');
    const [piece] = await once(server.stdout, 'data');
    text += String(piece);
    const found = /http:\S+/.exec(text)?.[0];
    if (found !== undefined) return found;
  }
}

/** Of something that a person can read, since the address was opened. */
const firstPaint = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          const [entry] = performance.getEntriesByName('first-contentful-paint');
          if (entry === undefined) setTimeout(look, 5);
          else resolve(entry.startTime);
        };
        look();
      }),
  );

interface Frames {
  readonly rate: number;
  /** 95 of 100 frames came sooner after the one before. */
  readonly mostMs: number;
  readonly longestMs: number;
}

/** Drags the cursor to and fro for some seconds, as fast as the mouse tells, and counts frames. */
async function scrub(page: Page): Promise<Frames> {
  const box = await page.getByRole('slider').boundingBox();
  if (box === null) throw new Error('There is nothing to scrub');
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { frameTimes: times });
    const { requestAnimationFrame: next } = globalThis as unknown as {
      requestAnimationFrame: (then: (at: number) => void) => void;
    };
    const note = (at: number): void => {
      times.push(at);
      next(note);
    };
    next(note);
  });
  const y = box.y + 40;
  await page.mouse.move(box.x + 10, y);
  await page.mouse.down();
  const startedAt = performance.now();
  for (let step = 0; performance.now() - startedAt < scrubMs; step += 1) {
    const place = Math.abs(((step / 120) % 2) - 1);
    await page.mouse.move(box.x + 10 + place * (box.width - 20), y);
  }
  await page.mouse.up();
  const times = await page.evaluate(() => (globalThis as unknown as { frameTimes: number[] }).frameTimes);
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const sorted = gaps.toSorted((one, other) => one - other);
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    rate: (gaps.length * 1000) / total,
    mostMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    longestMs: sorted.at(-1) ?? 0,
  };
}

const scrubMs = 5000;

/** From a click in the middle of the log until the event there shows what it changed. */
async function jump(page: Page): Promise<number> {
  const box = await page.getByRole('slider').boundingBox();
  if (box === null) throw new Error('There is nothing to click');
  const before = await page.locator('.moment-seq').first().textContent();
  const startedAt = performance.now();
  await page.mouse.click(box.x + box.width * 0.37, box.y + 40);
  await page
    .locator('.moment-seq', { hasNotText: before ?? '' })
    .first()
    .waitFor();
  return performance.now() - startedAt;
}
