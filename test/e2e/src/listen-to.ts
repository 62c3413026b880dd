/** A program that goes on, and a way to wait for what it prints. */
import type { Running } from './run-binary.ts';

export interface Talking extends Running {
  readonly text: () => string;
  /** Resolves with the match, in what was printed already after `from` or is still to come. */
  said(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
}

export function listenTo(running: Running): Talking {
  let text = '';
  let over: string | null = null;
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of [...waiting]) one();
  };
  for (const stream of [running.child.stdout, running.child.stderr]) {
    stream?.on('data', (piece: string) => {
      text += piece;
      look();
    });
  }
  void running.ended.then(
    ({ exitCode }) => {
      over = `it ended with ${exitCode}`;
      look();
    },
    (error: unknown) => {
      over = String(error);
      look();
    },
  );
  return {
    ...running,
    text: () => text,
    said: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const one = (): void => {
          const match = pattern.exec(text.slice(from));
          if (match === null && over === null) return;
          waiting.delete(one);
          if (match !== null) resolve(match);
          else reject(new Error(`${pattern} was never printed, ${over}:\n${text}`));
        };
        waiting.add(one);
        one();
      }),
  };
}
