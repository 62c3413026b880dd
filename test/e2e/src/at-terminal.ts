import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { TestProfile } from './profile.ts';
import { binaryPath, collect, type Ended } from './run-binary.ts';

/** The built command at a terminal of its own, and a person who types. */
export interface AtTerminal {
  /** Resolves with what matched, of all that was shown so far; rejects when the command ends without it. */
  readonly shows: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Without the key that ends the line. */
  readonly type: (text: string) => void;
  readonly press: (key: 'Ctrl-C' | 'Ctrl-D') => void;
  readonly ended: Promise<Ended>;
}

/** `script` of util-linux holds the terminal. */
export function tidemarkAtTerminal(
  { configFolder, folder }: TestProfile,
  args: readonly string[],
  columns = 100,
): AtTerminal {
  const words = [binaryPath('tidemark'), ...args, '--confdir', configFolder].map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  const command = `stty rows 50 cols ${columns}; exec ${words.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder, SHELL: '/bin/sh', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill();
  });
  let text = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    wake();
  });
  const ended = collect(child, `tidemark ${args.join(' ')}`, 60_000).finally(() => {
    isOver = true;
    wake();
  });
  ended.catch(() => {});
  return {
    ended,
    type: (line) => child.stdin.write(`${line}\r`),
    press: (key) => child.stdin.write(key === 'Ctrl-C' ? '\u0003' : '\u0004'),
    shows: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(text);
          if (found === null && !isOver) return;
          waiting.delete(look);
          if (found !== null) resolve(found);
          else reject(new Error(`It ended without ${pattern}: ${text}`));
        };
        waiting.add(look);
        look();
      }),
  };
}
