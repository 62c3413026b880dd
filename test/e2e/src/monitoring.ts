import { expect } from 'vitest';
import type { Ended } from './run-binary.ts';
import type { TestProfile } from './profile.ts';

/** A run that goes on, as a service would have it. */
export type Monitoring = {
  readonly pid: number;
  /** Everything it has said so far. */
  readonly text: () => string;
  /** Waits until it has said this. */
  readonly said: (what: string | RegExp) => Promise<void>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ctrl-C, and its end. */
  readonly stop: () => Promise<Ended>;
};

const limitMs = 600_000;

/** Starts `onedrive --monitor --verbose` and waits until both sides are equal and the folder is watched. */
export async function monitor(profile: TestProfile, ...args: readonly string[]): Promise<Monitoring> {
  const { child, ended } = profile.start('onedrive', ['--monitor', '--verbose', ...args], { limitMs });
  let text = '';
  let isOver = false;
  let look = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: string) => {
      text += piece;
      look();
    });
  child.once('close', () => {
    isOver = true;
    look();
  });
  const said = (what: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      look = () => {
        if (typeof what === 'string' ? text.includes(what) : what.test(text)) resolve();
        else if (isOver) reject(new Error(`It ended without saying ${String(what)}:\n${text}`));
      };
      look();
    });
  await said('Sync with Microsoft OneDrive is complete');
  return {
    pid: child.pid ?? 0,
    text: () => text,
    said,
    signal: (name) => void child.kill(name),
    stop: async () => {
      child.kill('SIGINT');
      const end = await ended;
      expect(end.exitCode, `it was killed:\n${end.text}`).not.toBeNull();
      return end;
    },
  };
}
