/** The terminal as a screen, and its keys one by one. */
import { on } from 'node:events';
import { oneLine } from '@tidemark/settings';
import type { StepScreen } from './step-through.ts';

export const terminalScreen: StepScreen = {
  // A terminal that was given no size says 0.
  size: () => ({ rows: process.stdout.rows || 24, columns: process.stdout.columns || 80 }),
  show: (lines) => void process.stdout.write(`\u001b[2J\u001b[H${lines.map(oneLine).join('\r\n')}`),
};

/** Leaves the terminal as it was when the reading of the keys ends. */
export async function* terminalKeys(): AsyncGenerator<string> {
  const { stdin, stdout } = process;
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  try {
    // A key that several bytes stand for arrives in one piece; several keys may, too.
    for await (const [text] of on(stdin, 'data', { close: ['end', 'close'] })) yield* keysIn(String(text));
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write('\r\n');
  }
}

function keysIn(text: string): string[] {
  const keys: string[] = [];
  for (let rest = text; rest !== ''; rest = rest.slice(keys.at(-1)?.length ?? 1))
    // An arrow is three characters, each other key that is asked for is one.
    keys.push(rest.startsWith('\u001b[') ? rest.slice(0, 3) : rest.slice(0, 1));
  return keys;
}
