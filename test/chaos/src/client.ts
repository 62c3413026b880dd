/** The built daemon: started, killed, halted, asked. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { startBinary, type Running } from '@tidemark/test-e2e';

export type Client = {
  readonly start: () => void;
  readonly isUp: () => boolean;
  /** kill -9. */
  readonly kill: () => Promise<void>;
  /** SIGTERM, and a time to obey. */
  readonly stop: () => Promise<void>;
  readonly halt: () => void;
  readonly goOn: () => void;
  readonly status: () => Promise<Status | null>;
  /** Tells it to look at both sides. */
  readonly look: () => Promise<void>;
  /** Ends that nobody asked for, with what it said. */
  readonly unasked: () => readonly string[];
  /** What it printed last. */
  readonly lastWords: () => string;
  readonly figures: () => ProcessFigures | null;
};

export type Status = { readonly state: string; readonly inSync: boolean; readonly [key: string]: unknown };
export type ProcessFigures = { readonly residentKiB: number; readonly descriptors: number };

const stopLimitMs = 60_000;
/** So long that no run of the rig meets it. */
const runLimitMs = 2 ** 31 - 1;

export function createClient(home: string, configFolder: string): Client {
  let running: Running | null = null;
  let asked = false;
  let tail = '';
  const unasked: string[] = [];
  const signal = (name: NodeJS.Signals): void => void running?.child.kill(name);
  const end = async (name: NodeJS.Signals): Promise<void> => {
    if (running === null) return;
    const { ended } = running;
    asked = true;
    signal('SIGCONT');
    signal(name);
    const impatience = setTimeout(() => {
      unasked.push(`It did not end within ${stopLimitMs / 1000} s of ${name}:\n${tail}`);
      signal('SIGKILL');
    }, stopLimitMs);
    await ended.catch(() => undefined);
    clearTimeout(impatience);
  };
  const start = (): void => {
    if (running !== null) return;
    const args = ['--monitor', '--verbose', '--confdir', configFolder];
    const begun = startBinary('onedrive', args, { home, limitMs: runLimitMs });
    running = begun;
    asked = false;
    for (const stream of [begun.child.stdout, begun.child.stderr])
      stream?.on('data', (piece: string) => (tail = (tail + piece).slice(-20_000)));
    begun.ended.then(
      ({ exitCode }) => {
        // 1 when it could not begin: its state folder took no writes.
        const isInOrder = asked && (exitCode === null || exitCode === 0 || exitCode === 1);
        if (!isInOrder) unasked.push(`It ended with exit code ${exitCode}:\n${tail}`);
        running = null;
      },
      (error: unknown) => {
        unasked.push(String(error).slice(-20_000));
        running = null;
      },
    );
  };
  const ask = async (method: string, path: string): Promise<string | null> => {
    if (running === null) return null;
    try {
      return await askAt(readlinkSync(join(configFolder, 'tidemark/drives/own/control.sock')), method, path);
    } catch {
      // Not there yet, or too busy: the caller asks again.
      return null;
    }
  };
  return {
    start,
    isUp: () => running !== null,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    halt: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    status: async () => {
      const body = await ask('GET', '/v1/status?items=20');
      return body === null || body === '' ? null : (JSON.parse(body) as Status);
    },
    look: async () => void (await ask('POST', '/v1/look')),
    unasked: () => unasked,
    lastWords: () => tail,
    figures: () => {
      const pid = running?.child.pid;
      if (pid === undefined) return null;
      const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return { residentKiB: Number(resident ?? 0), descriptors: readdirSync(`/proc/${pid}/fd`).length };
    },
  };
}

function askAt(socketPath: string, method: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, agent: false, timeout: 5_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.on('end', () => {
        if (response.complete && response.statusCode !== undefined && response.statusCode < 300)
          resolve(body);
        else reject(new Error(`answered ${response.statusCode}`));
      });
      response.on('error', reject);
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer')));
    asking.on('error', reject);
    asking.end();
  });
}
