import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a program that goes on has printed so far, on both outputs. */
export type Output = {
  readonly lines: () => readonly string[];
  /** The first line from `after` on that matches. Rejects with everything printed when it does not come. */
  readonly line: (
    pattern: RegExp,
    after?: number,
  ) => Promise<{ readonly text: string; readonly index: number }>;
  /** Ends it in order and resolves to its exit code. */
  readonly stop: () => Promise<number | null>;
};

/** Far more than anything here takes. */
const waitMaxMs = 90_000;

export function outputOf(child: ChildProcess): Output {
  let text = '';
  let isOver = false;
  const looks = new Set<() => void>();
  const lookAll = (): void => {
    for (const look of looks) look();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      lookAll();
    });
  }
  const ended = once(child, 'close').then(() => {
    isOver = true;
    lookAll();
  });
  const lines = (): readonly string[] => text.split('\n').slice(0, -1);
  return {
    lines,
    line: (pattern, after = 0) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          looks.delete(look);
          reject(new Error(`Waited too long for ${pattern.source}:\n${text}`));
        }, waitMaxMs);
        const look = (): void => {
          const all = lines();
          const index = all.findIndex((line, at) => at >= after && pattern.test(line));
          if (index === -1 && !isOver) return;
          looks.delete(look);
          clearTimeout(limit);
          if (index === -1) reject(new Error(`Ended without ${pattern.source}:\n${text}`));
          else resolve({ text: all[index] ?? '', index });
        };
        looks.add(look);
        look();
      }),
    async stop() {
      if (!isOver) child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
  };
}
