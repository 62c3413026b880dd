/** A question at the terminal, or to whatever standard input is. */
import { createInterface } from 'node:readline/promises';
import type { CommandLine } from '@tidemark/settings';
import { questionStream } from './for-programs.ts';

/** Null: the input has ended, as with Ctrl-D or Ctrl-C. */
export async function ask(question: string, commandLine: CommandLine): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: questionStream(commandLine) });
  try {
    const ended = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
    const answered = terminal.question(question).catch((error: unknown) => {
      // Closed while it waits.
      if (error instanceof Error && 'code' in error && /ABORT|USE_AFTER_CLOSE/.test(String(error.code)))
        return null;
      throw error;
    });
    const answer = await Promise.race([answered, ended]);
    return answer?.trim() ?? null;
  } finally {
    terminal.close();
  }
}

/** A person is there to answer. */
export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;
