/** The built daemon with a log to read and no service to reach: what it does with the log is all that it does. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askStatus, type StatusReport } from '@tidemark/control';
import { configLines } from './child.ts';

const lookEveryMs = 50;

/** A profile without a service: nothing but the log is there to start with. */
export async function prepare(folder: string): Promise<string> {
  const logFolder = logOf(folder);
  await mkdir(dirname(logFolder), { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'sync'));
  await writeFile(join(folder, 'config', 'refresh_token'), 'none', { mode: 0o600 });
  await writeFile(join(folder, 'config', 'config'), configLines({ sync_dir: join(folder, 'sync') }));
  return logFolder;
}

export const logOf = (folder: string): string => join(folder, 'config/tidemark/drives/own/log');

export const startDaemon = (folder: string, dist: string): ChildProcess =>
  spawn(join(dist, 'onedrive'), ['--monitor', '--confdir', join(folder, 'config')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder },
    stdio: 'ignore',
  });

/** Waits until the daemon says so of itself. */
export async function reported(
  folder: string,
  child: ChildProcess,
  isWanted: (daemon: NonNullable<StatusReport['daemon']>) => boolean,
): Promise<void> {
  for (;;) {
    const report = await askStatus(dirname(logOf(folder)), 0);
    if (report?.daemon?.pid === child.pid && report?.daemon != null && isWanted(report.daemon)) return;
    if (child.exitCode !== null) throw new Error(`The daemon ended with ${child.exitCode}`);
    await delay(lookEveryMs);
  }
}

export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, 'close');
  child.kill(signal);
  await closed;
}
