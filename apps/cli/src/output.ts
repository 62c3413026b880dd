/** Standard output and standard error as the capability that the reporter and the commands use. What comes in is one line and shows as one. */
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Output } from '@tidemark/plugin-sdk';
import { oneLine } from '@tidemark/settings';
import { createLineWriter, drained, fileSink, type Sink, streamSink, unblock } from './line-writer.ts';

export interface StandardOutput {
  readonly output: Output;
  /** Resolves when the reader of standard output has caught up: for a command whose output has no bound. */
  drained(): Promise<void>;
  /** Lines that could not be written, and of which nothing was said since. */
  readonly missing: number;
}

/** Bytes that may wait for a reader while a run goes on. */
const waitingMax = 1 << 20;

/**
 * `run`: syncing goes on whatever becomes of its lines. `answer`: the lines are what the command is for, so they wait for
 * their reader. What is missing is told on standard error: only data may stand in standard output.
 */
export function createOutput(purpose: 'run' | 'answer'): StandardOutput {
  const limit = purpose === 'run' ? waitingMax : Infinity;
  const isTerminal = isatty(1);
  const stdout = sinkOf(
    1,
    () => process.stdout,
    limit,
    () => {
      // A reader that goes away (a pager, `head`) ends the program quietly, and as SIGPIPE would have: what it had to do may be undone.
      process.exit(141);
    },
  );
  // Without a reader of its errors a run goes on.
  const stderr = sinkOf(
    2,
    () => process.stderr,
    limit,
    () => {},
  );
  let status = '';
  /** Only a terminal has a status, and what does not reach it is no loss. */
  const show = (text: string): void => {
    if (status !== '' && process.stdout.writableLength === 0) process.stdout.write(text);
  };

  const lines = createLineWriter({
    sink: stdout,
    onTrouble: (why) =>
      output.errorLine(
        `WARNING: Cannot write to standard output: ${why}; lines are left out until it is possible again`,
      ),
    onGap: (count) =>
      output.errorLine(`WARNING: ${count} lines of standard output could not be written before`),
  });
  const errors = createLineWriter({
    sink: stderr,
    onTrouble: () => {},
    onGap: (count) =>
      output.errorLine(`WARNING: ${count} lines of standard error could not be written before`),
  });
  const output: Output = {
    line(text) {
      show(clearLine);
      lines.write(oneLine(text));
      show(status);
    },
    errorLine(text) {
      show(clearLine);
      errors.write(oneLine(text));
      show(status);
    },
    status(text) {
      if (!isTerminal) return;
      show(clearLine);
      status = oneLine(text ?? '');
      show(status);
    },
    isTerminal,
    get columns() {
      return (isTerminal ? process.stdout.columns : undefined) ?? 80;
    },
  };
  return {
    output,
    drained: async () => (isFile(1) ? undefined : drained(process.stdout)),
    get missing() {
      return lines.missing + errors.missing;
    },
  };
}

const clearLine = '\r\u001b[K';

function sinkOf(fd: number, stream: () => NodeJS.WriteStream, limit: number, onGone: () => void): Sink {
  if (isFile(fd)) return fileSink(fd);
  const opened = stream();
  if (isatty(fd)) unblock(opened, fd);
  return streamSink(opened, limit, onGone);
}

/** Files, and devices that are no terminal. */
function isFile(fd: number): boolean {
  const stats = fstatSync(fd);
  return stats.isFile() || (stats.isCharacterDevice() && !isatty(fd));
}
