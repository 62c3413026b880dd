/** A question at the terminal, or to whatever standard input is. */
import { createInterface } from 'node:readline/promises';
import type { CommandLine } from '@tidemark/settings';
import { questionStream } from './for-programs.ts';

/** Null: the input has ended, as with Ctrl-D or Ctrl-C, or the answer is not wanted any more. */
export async function ask(
  question: string,
  commandLine: CommandLine,
  signal?: AbortSignal,
): Promise<string | null> {
  if (signal?.aborted === true) return null;
  const terminal = createInterface({ input: process.stdin, output: questionStream(commandLine) });
  const onAbort = (): void => {
    questionStream(commandLine).write('\n');
    terminal.close();
  };
  try {
    const ended = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
    signal?.addEventListener('abort', onAbort, { once: true });
    const answered = terminal.question(question).catch((error: unknown) => {
      // Closed while it waits.
      if (error instanceof Error && 'code' in error && /ABORT|USE_AFTER_CLOSE/.test(String(error.code)))
        return null;
      throw error;
    });
    const answer = await Promise.race([answered, ended]);
    return answer?.trim() ?? null;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    terminal.close();
  }
}

/** A person is there to answer. */
export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;
