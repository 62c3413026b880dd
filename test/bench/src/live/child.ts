/** A program that goes on, by what it says. */
import type { ChildProcess } from 'node:child_process';

export type Heard = {
  /** Everything it said. */
  text(): string;
  /** Rejects when it ends without saying so. */
  said(what: string): Promise<void>;
};

export function hear(child: ChildProcess): Heard {
  let text = '';
  let look = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      look();
    });
  child.once('close', () => look());
  return {
    text: () => text,
    said: (what) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (text.includes(what)) resolve();
          else if (child.exitCode !== null) reject(new Error(`It ended without saying '${what}':\n${text}`));
        };
        look();
      }),
  };
}

/** The form of `config` and `tidemark.conf`. */
export const configLines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = "${value}"\n`)
    .join('');
