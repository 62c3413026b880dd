/** What `GET /v1/explain` costs a daemon with a long log: time, memory, and how long others wait for an answer meanwhile. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findSocket } from '@tidemark/control';
import { cpuSecondsOf } from '../measure.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { writeHistory } from './history.ts';
import { ended, logOf, prepare, reported, startDaemon } from './log-only-daemon.ts';
import { residentMebibytes } from './process-cost.ts';

const path = 'folder 3/file 321.txt';

export async function explain(options: Options, say: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(options.base, 'tidemark-explain-'));
  try {
    const [files = 0] = options.items;
    const count = await writeHistory({ folder: await prepare(folder), files, events: options.events });
    const rows: string[][] = [];
    const daemon = startDaemon(folder, options.dist);
    const pid = daemon.pid ?? 0;
    await reported(folder, daemon, ({ reading }) => reading === null);
    // What a start leaves behind is collected by and by.
    await delay(settleMs);
    const socketPath = findSocket(dirname(logOf(folder))) ?? '';
    rows.push(['nothing', ...(await during(socketPath, pid, () => delay(settleMs)))]);
    for (let run = 1; run <= options.runs; run += 1) {
      let bytes = 0;
      const cost = await during(socketPath, pid, async () => {
        bytes = (await ask(socketPath, `/v1/explain?path=${encodeURIComponent(path)}`)).length;
      });
      rows.push([`explain, ${bytes} bytes`, ...cost]);
    }
    await ended(daemon, 'SIGTERM');
    say(`\n${count.toLocaleString('en')} events, ${files.toLocaleString('en')} files on the drive\n`);
    say(markdownTable(columns, rows));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const settleMs = 5_000;
const askEveryMs = 5;

const columns = [
  ...['meanwhile', 'seconds', 'CPU s', 'MiB before', 'at most', 'after', 'status asked'],
  ...['answer ms, middle', '99 % below', 'longest', 'longest, CPU ms of the loop'],
];

async function during(socketPath: string, pid: number, work: () => Promise<void>): Promise<string[]> {
  const before = residentMebibytes(pid);
  const cpuBefore = cpuSecondsOf(pid);
  const begunAt = performance.now();
  let isOver = false;
  const working = work().finally(() => (isOver = true));
  const waits: { readonly ms: number; readonly cpuMs: number }[] = [];
  let most = before;
  while (!isOver) {
    const [askedAt, cpuAt] = [performance.now(), loopCpuMs(pid)];
    await ask(socketPath, '/v1/status?items=0');
    waits.push({ ms: performance.now() - askedAt, cpuMs: loopCpuMs(pid) - cpuAt });
    most = Math.max(most, residentMebibytes(pid));
    await delay(askEveryMs);
  }
  await working;
  const sorted = waits.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return [
    ((performance.now() - begunAt) / 1000).toFixed(1),
    (cpuSecondsOf(pid) - cpuBefore).toFixed(1),
    ...[before, most, residentMebibytes(pid)].map((mebibytes) => mebibytes.toFixed(0)),
    String(waits.length),
    ...[at(0.5), at(0.99), at(1), Math.max(...waits.map(({ cpuMs }) => cpuMs))].map((ms) => ms.toFixed(0)),
  ];
}

/** Of the thread that answers: other programs on the machine make little difference to it. */
function loopCpuMs(pid: number): number {
  const [nanoseconds] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanoseconds) / 1e6;
}

async function ask(socketPath: string, asked: string): Promise<string> {
  const asking = request({ socketPath, path: asked, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of response.setEncoding('utf8')) body += String(piece);
  if (response.statusCode !== 200) throw new Error(`${asked}: ${response.statusCode} ${body}`);
  return body;
}
