/** Notifications at the listener, more than any service would send, beside slow and hostile senders; and sync goes on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { cpuSecondsOf } from '../measure.ts';
import { median, percentile } from '../median.ts';
import type { Options } from '../options.ts';
import { markdownTable } from '../table.ts';
import { attack } from './attackers.ts';
import type { FloodOrder, FloodResult } from './flooder.ts';
import { freePort, startLive, type LiveRun } from './live-run.ts';
import { residentMebibytes } from './process-cost.ts';

const rowsPerPost = 10;
const postsPerSecond = 1_000;

export async function flood(options: Options, say: (line: string) => void): Promise<void> {
  const { flavour, dist, base, profileFolder, seconds } = options;
  const run = await startLive({
    ...{ channel: 'webhook', dist, base, profileFolder },
    service: {
      flavour,
      settings: { notificationDelayMs: 200 },
      tree: [{ path: '/file.txt', content: 'first' }],
    },
  });
  const nginx = await startNginx(run.webhookUrl, base);
  const rows: string[][] = [];
  try {
    const port = Number(new URL(run.webhookUrl).port);
    const secret = await secretOf(run);
    const ours = notification(secret);
    const forged = notification({ ...secret, clientState: 'f'.repeat(secret.clientState.length) });
    const ten = (row: object): string => post(Array.from({ length: rowsPerPost }, () => row));
    const phase = async (
      what: string,
      order: Pick<FloodOrder, 'port' | 'requests' | 'perSecond'>,
      each: number,
    ): Promise<void> => void rows.push(await flooded(run, what, order, each, seconds));
    await phase('nothing', { port, requests: [post([])], perSecond: 1 }, 0);
    await phase(
      'forged, ten a post',
      { port, requests: [ten(forged)], perSecond: postsPerSecond },
      rowsPerPost,
    );
    await phase('true, ten a post', { port, requests: [ten(ours)], perSecond: postsPerSecond }, rowsPerPost);
    await phase(
      'true, single, through nginx',
      { port: nginx.port, requests: [post([ours])], perSecond: 0 },
      1,
    );
    const attackers = attack(port);
    await phase(
      'true, with attackers',
      { port, requests: [ten(ours)], perSecond: postsPerSecond },
      rowsPerPost,
    );
    say(`the attackers got rid of ${attackers.megabytesSent().toFixed(0)} MiB of their bodies`);
    attackers.stop();
    await phase('nothing, afterwards', { port, requests: [post([])], perSecond: 1 }, 0);
  } finally {
    await nginx.stop();
    await run.stop();
  }
  say('');
  say(
    markdownTable(
      [
        ...[
          'flood',
          'sent/s',
          'answers',
          'median ms',
          '99 % ms',
          'MiB highest',
          'of a core',
          'delta reads/s',
        ],
        'a change meanwhile, ms (median, highest)',
      ],
      rows,
    ),
  );
}

async function flooded(
  run: LiveRun,
  what: string,
  order: Pick<FloodOrder, 'port' | 'requests' | 'perSecond'>,
  rowsOfEach: number,
  seconds: number,
): Promise<string[]> {
  const { simulator, pid } = run;
  simulator.resetCounters();
  const cpuBefore = cpuSecondsOf(pid);
  const worker = new Worker(new URL('./flooder.ts', import.meta.url), {
    workerData: { ...order, connections: 32, milliseconds: seconds * 1000 } satisfies FloodOrder,
  });
  const result = once(worker, 'message');
  const resident: number[] = [];
  const arrivals: number[] = [];
  const endsAt = performance.now() + seconds * 1000;
  const look = setInterval(() => resident.push(residentMebibytes(pid)), 200);
  for (let count = 0; performance.now() < endsAt - 2_000; count += 1) {
    arrivals.push(await changeArrives(run, `${what} ${count}`));
    await delay(1_000);
  }
  const [{ sent, statuses, answersMs }] = (await result) as [FloodResult];
  clearInterval(look);
  return [
    what,
    String(Math.round((sent * Math.max(1, rowsOfEach)) / seconds)),
    Object.entries(statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', '),
    answersMs.length === 0 ? '–' : median(answersMs).toFixed(1),
    answersMs.length === 0 ? '–' : percentile(answersMs, 99).toFixed(1),
    Math.max(...resident).toFixed(0),
    `${(((cpuSecondsOf(pid) - cpuBefore) / seconds) * 100).toFixed(0)} %`,
    (simulator.counters().byKind.deltaRead / seconds).toFixed(1),
    `${median(arrivals).toFixed(0)}, ${Math.max(...arrivals).toFixed(0)} (${arrivals.length} changes)`,
  ];
}

/** Milliseconds until a change on the drive is on disk. Throws Error when it is not there within a minute. */
async function changeArrives({ simulator, syncFolder }: LiveRun, content: string): Promise<number> {
  const changedAt = performance.now();
  simulator.drive().modify('/file.txt', content);
  while ((await readFile(join(syncFolder, 'file.txt'), 'utf8').catch(() => '')) !== content) {
    if (performance.now() - changedAt > 60_000) throw new Error('A change did not arrive within a minute');
    await delay(2);
  }
  return performance.now() - changedAt;
}

type Secret = { readonly id: string; readonly clientState: string };

async function secretOf({ secretsFolder }: LiveRun): Promise<Secret> {
  return JSON.parse(await readFile(join(secretsFolder, 'webhook/subscription'), 'utf8')).current;
}

const notification = ({ id, clientState }: Secret): object => ({
  subscriptionId: id,
  clientState,
  subscriptionExpirationDateTime: '2099-01-01T00:00:00Z',
  changeType: 'updated',
  resource: 'me/drive/root',
  tenantId: '',
});

function post(rows: readonly object[]): string {
  const body = JSON.stringify({ value: rows });
  return `POST /webhooks/onedrive HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** As in the guide for users, without TLS. */
async function startNginx(
  upstream: string,
  base: string,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(base, 'tidemark-nginx-'));
  const port = await freePort();
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; user root; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http { access_log off; ${paths}
  server { listen 127.0.0.1:${port}; keepalive_requests 100000;
    location /webhooks/onedrive { proxy_http_version 1.1; proxy_pass ${new URL(upstream).origin}; } } }
`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    stdio: 'ignore',
  });
  const failed = once(nginx, 'error').then(([error]) => {
    throw error;
  });
  failed.catch(() => undefined);
  while (!(await Promise.race([isListening(port), failed]))) await delay(20);
  return {
    port,
    stop: async () => {
      const ended = once(nginx, 'exit');
      nginx.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
