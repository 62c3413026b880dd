import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `onedrive`: the peer's face and exit codes. `tidemark`: our own. */
export type BinaryName = 'onedrive' | 'tidemark';

export type BinaryOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** Run as another user, who cannot read what root keeps to itself. */
  readonly uid?: number;
  /** So many inotify watches at most, in a user namespace of its own. */
  readonly watchesMax?: number;
  /** Words that stand before the command and start it. */
  readonly before?: readonly string[];
  /** Ends as a failure of the test after this time. */
  readonly limitMs?: number;
  /** What is typed. Nothing by default: standard input is closed. */
  readonly input?: string;
};

export type Ended = {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they arrived. */
  readonly text: string;
};

export type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/** The folder that `npm run build` made; `TIDEMARK_DIST` names another one. */
export const distFolder =
  process.env['TIDEMARK_DIST'] ?? fileURLToPath(new URL('../../../dist', import.meta.url));

export const binaryPath = (name: BinaryName): string => join(distFolder, name);

/** Starts the built command in a small environment: nothing of the caller's certificates, proxies or settings. */
export function startBinary(
  name: BinaryName,
  args: readonly string[],
  options: BinaryOptions & { readonly home: string },
): Running {
  const [program, given] = limited(
    [...(options.before ?? []), binaryPath(name), ...args],
    options.watchesMax,
  );
  const child = spawn(program, given, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: options.home, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return { child, ended: collect(child, `${name} ${args.join(' ')}`, options.limitMs ?? 120_000) };
}

function limited(command: readonly string[], watchesMax?: number): readonly [string, readonly string[]] {
  const [program = '', ...args] = command;
  if (watchesMax === undefined) return [program, args];
  const lower = `echo ${watchesMax} > /proc/sys/user/max_inotify_watches && exec "$0" "$@"`;
  return ['unshare', ['--user', '--map-root-user', 'sh', '-c', lower, ...command]];
}

/** Rejects when the program outlasts its limit, or shows its insides to the user. */
export async function collect(child: ChildProcess, what: string, limitMs: number): Promise<Ended> {
  const pieces = { stdout: '', stderr: '', text: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (piece: string) => {
      pieces[stream] += piece;
      pieces.text += piece;
    });
  }
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const startedAt = performance.now();
  const [exitCode] = await once(child, 'close');
  clearTimeout(limit);
  if (performance.now() - startedAt >= limitMs) throw new Error(`${what} took too long:\n${pieces.text}`);
  expectNoInsides(pieces.text, what);
  return { exitCode: typeof exitCode === 'number' ? exitCode : null, ...pieces };
}

/** Stack traces, unprinted objects and defects of ours are never an answer, whatever was wrong. */
function expectNoInsides(text: string, what: string): void {
  const insides =
    /^\s+at .+:\d+:\d+\)?$|\[object Object\]|\bnode:internal\b|This is a defect of Tidemark/m.exec(text);
  if (insides !== null) throw new Error(`${what} shows its insides ("${insides[0].trim()}"):\n${text}`);
}
