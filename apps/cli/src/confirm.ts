/** A question that only `y` answers with yes. */
import { createInterface } from 'node:readline/promises';
import type { Output } from '@tidemark/plugin-sdk';

export async function confirmed(
  { lines, question }: { readonly lines: readonly string[]; readonly question: string },
  output: Output,
): Promise<boolean> {
  for (const line of lines) output.line(line);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question(question), closed]);
    return answer.trim().toLowerCase() === 'y';
  } finally {
    terminal.close();
  }
}
