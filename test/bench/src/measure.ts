/** Runs one client to its end inside the namespace and says what it cost. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Namespace } from '@tidemark/test-e2e';

export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type Cost = {
  readonly wallSeconds: number;
  /** User and system time of the client and what it started. */
  readonly cpuSeconds: number;
  /** Highest resident memory, looked at every few milliseconds. */
  readonly peakMebibytes: number;
};

const lookEveryMs = 10;

/** bash's own `time` has milliseconds and counts children; output goes to files so that no pipe holds a client up. */
const timed = 'TIMEFORMAT="%R %U %S"; log=$1; shift; { time "$@" >"$log.out" 2>"$log.err"; } 2>"$log.time"';

/** Throws Error with the end of the client's output when it does not end with status 0. */
export async function measure(namespace: Namespace, program: Program, folder: string): Promise<Cost> {
  const log = join(folder, 'client');
  const { command, args, environment } = program;
  const child = namespace.start('bash', ['-c', timed, 'bash', log, command, ...args], { environment });
  let peakKibibytes = 0;
  const look = setInterval(() => {
    peakKibibytes = Math.max(peakKibibytes, residentBelow(child.pid ?? 0));
  }, lookEveryMs);
  const [status] = await once(child, 'close');
  clearInterval(look);
  if (status !== 0) {
    const said = [await readFile(`${log}.out`, 'utf8'), await readFile(`${log}.err`, 'utf8')];
    const end = said.map((text) => text.split('\n').slice(-20).join('\n')).join('\n');
    throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}:\n${end}`);
  }
  const [wall, user, system] = (await readFile(`${log}.time`, 'utf8')).trim().split(' ').map(Number);
  return {
    wallSeconds: wall ?? Number.NaN,
    cpuSeconds: (user ?? Number.NaN) + (system ?? Number.NaN),
    peakMebibytes: peakKibibytes / 1024,
  };
}

/** Processor time that a process has used so far. */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

const ticksPerSecond = 100;

/** The kernel keeps the highest value of each process (`VmHWM`), so only what grows after the last look is missed. */
function residentBelow(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children
      .split(' ')
      .filter((child) => child !== '')
      .map(Number)
      .reduce((sum, child) => sum + highestResident(child) + residentBelow(child), 0);
  } catch {
    // It has just ended.
    return 0;
  }
}

function highestResident(pid: number): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0);
}
