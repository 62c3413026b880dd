import { request } from 'node:http';
import { readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';
import type { BinaryName, BinaryOptions, Ended } from './run-binary.ts';

/** A running `--monitor`. Killed when the test ends. */
export type Daemon = {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Everything printed so far, in order of arrival. */
  readonly text: () => string;
  /** Resolves with the first line that matches among those not yet passed over by an earlier call. */
  readonly says: (pattern: RegExp | string) => Promise<string>;
  /** What `tidemark status --json` prints. */
  readonly status: () => Promise<Status>;
  /** Resolves when nothing is under way any more. */
  readonly atRest: () => Promise<void>;
  readonly ask: (method: string, path: string, sent?: string) => Promise<{ status: number; body: string }>;
  readonly signal: (name: NodeJS.Signals) => void;
  readonly stop: (name?: NodeJS.Signals) => Promise<Ended>;
};

/** The part of the report that tests read. */
export type Status = {
  readonly schema: number;
  readonly state: string;
  readonly inSync: boolean;
  readonly seq: number;
  readonly items: number;
  readonly notAtRest: readonly { readonly path: string; readonly standing: string }[];
  /** So many more than the list holds. */
  readonly notShown: number;
  readonly halted: { readonly code: string; readonly detail: string } | null;
  readonly suspended: { readonly code: string; readonly detail: string } | null;
  readonly looks: Readonly<
    Record<'remote' | 'local', { readonly lastAt: string | null; readonly dueAt: string | null }>
  >;
  readonly daemon: {
    readonly pid: number;
    readonly offlineSince: string | null;
    readonly isWatching: boolean;
    readonly watchLimit: string | null;
    readonly channel: { readonly type: string; readonly state: string; readonly signals: number };
    readonly remotePlugins: readonly { readonly name: string; readonly state: string }[];
    readonly counters: { readonly runs: number; readonly reloads: number };
  } | null;
};

/** For silence, so long that it is no measure of speed. */
const saysLimitMs = Number(process.env['TIDEMARK_SAYS_LIMIT_MS'] ?? 100_000);
export const complete = 'Sync with Microsoft OneDrive is complete';

/** Starts it and waits until the first pass is through. */
export async function startDaemon(
  profile: TestProfile,
  args: readonly string[] = [],
  options: BinaryOptions = {},
): Promise<Daemon> {
  const daemon = launchDaemon(profile, ['--monitor', '--verbose', ...args], options);
  await daemon.says(complete);
  return daemon;
}

export function launchDaemon(
  profile: TestProfile,
  args: readonly string[],
  options: BinaryOptions & { readonly name?: BinaryName } = {},
): Daemon {
  const { child, ended } = profile.start(options.name ?? 'onedrive', args, { limitMs: 240_000, ...options });
  const lines: string[] = [];
  let passed = 0;
  let rest = '';
  let text = '';
  let isOver = false;
  let wake: () => void = () => undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece: string) => {
      text += piece;
      const parts = (rest + piece).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      wake();
    });
  }
  const finish = (): void => {
    isOver = true;
    wake();
  };
  void ended.then(finish, finish);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  });
  const signal = (name: NodeJS.Signals): void => void child.kill(name);
  return {
    pid: child.pid ?? 0,
    ended,
    text: () => text,
    says: async (pattern) => {
      const matches = (line: string): boolean =>
        typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
      for (;;) {
        while (passed < lines.length) {
          const line = lines[passed++] ?? '';
          if (matches(line)) return line;
        }
        if (isOver) throw new Error(`It ended without saying ${pattern}:\n${text}`);
        const limit = AbortSignal.timeout(saysLimitMs);
        await new Promise<void>((resolve) => {
          wake = resolve;
          limit.addEventListener('abort', () => resolve());
        });
        if (limit.aborted) throw new Error(`It did not say ${pattern}:\n${text}`);
      }
    },
    status: async () => statusOf(profile),
    atRest: async () => {
      const socketPath = await socketOf(profile);
      for (let query = ''; ;) {
        const { body } = await askAt(socketPath, 'GET', `/v1/status${query}`);
        const { state, seq } = JSON.parse(body) as Status;
        if (state === 'idle') return;
        query = `?after=${seq}&wait=10`;
      }
    },
    ask: async (method, path, sent) => askAt(await socketOf(profile), method, path, sent),
    signal,
    stop: (name = 'SIGTERM') => {
      signal(name);
      return ended;
    },
  };
}

/** What `tidemark status --json` prints; live or from the log. */
export async function statusOf(profile: TestProfile): Promise<Status> {
  const { exitCode, stdout, text } = await profile.tidemark(['status', '--json']);
  expect(exitCode, text).toBe(0);
  return JSON.parse(stdout) as Status;
}

/** Where the daemon of the profile listens. */
export const socketOf = (profile: TestProfile): Promise<string> =>
  readlink(join(dirname(profile.logFolder), 'control.sock'));

export function askAt(
  socketPath: string,
  method: string,
  path: string,
  sent?: string,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.on('error', reject);
    asking.end(sent);
  });
}

/** Settings for a webhook that the simulator can call directly. */
export async function webhookSettings() {
  const port = await freePort();
  return {
    webhook_enabled: 'true',
    webhook_public_url: `http://127.0.0.1:${port}/webhook`,
    webhook_listening_host: '127.0.0.1',
    webhook_listening_port: String(port),
  };
}

export const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];

/** `tree` is on the drive, which tells of changes at once. */
export const openWebhookProfile = async (
  config: Readonly<Record<string, string>> = {},
): Promise<TestProfile> =>
  openProfile({
    tree,
    config: { ...(await webhookSettings()), ...config },
    settings: { notificationDelayMs: 0 },
  });

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  server.close();
  await once(server, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
