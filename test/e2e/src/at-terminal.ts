import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import type { TestProfile } from './profile.ts';
import { type BinaryName, binaryPath, collect, type Ended } from './run-binary.ts';

const keys = { 'Ctrl-C': '\u0003', 'Ctrl-D': '\u0004', Tab: '\t' } as const;

/** A program, or the built command, at a terminal of its own, and a person who types. */
export interface AtTerminal {
  /** Resolves with what matched, of all that was shown so far; rejects when the command ends without it. */
  readonly shows: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Without the key that ends the line. */
  readonly type: (text: string) => void;
  /** A line that is begun. */
  readonly begin: (text: string) => void;
  readonly press: (key: keyof typeof keys) => void;
  readonly ended: Promise<Ended>;
}

export const tidemarkAtTerminal = (
  profile: TestProfile,
  args: readonly string[],
  columns = 100,
): AtTerminal => commandAtTerminal('tidemark', profile, args, { columns });

export function commandAtTerminal(
  name: BinaryName,
  { configFolder, folder }: TestProfile,
  args: readonly string[],
  {
    columns = 100,
    environment = {},
  }: { readonly columns?: number; readonly environment?: Readonly<Record<string, string>> } = {},
): AtTerminal {
  const words = [binaryPath(name), ...args, '--confdir', configFolder].map(
    (word) => `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  return atTerminal(`stty rows 50 cols ${columns}; exec ${words.join(' ')}`, `${name} ${args.join(' ')}`, {
    ...{ HOME: folder },
    ...environment,
  });
}

/** `script` of util-linux holds the terminal. @param what it is, for messages */
export function atTerminal(
  command: string,
  what: string,
  environment: Readonly<Record<string, string>>,
): AtTerminal {
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', SHELL: '/bin/sh', TERM: 'dumb', ...environment },
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
  const ended = collect(child, what, 60_000).finally(() => {
    isOver = true;
    wake();
  });
  ended.catch(() => {});
  return {
    ended,
    type: (line) => child.stdin.write(`${line}\r`),
    begin: (words) => child.stdin.write(words),
    press: (key) => child.stdin.write(keys[key]),
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
