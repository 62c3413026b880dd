/**
 * Lines to standard output or standard error, whatever it leads to. What cannot be written is counted, and neither stops
 * a run nor holds it up: a full disk under a file, a reader that does not read.
 */
import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { reasonOf, Unwritable } from './log-file.ts';

export interface LineWriter {
  /** Never throws. */
  write(text: string): void;
  /** Lines that could not be written, and of which nothing was said since. */
  readonly missing: number;
}

export interface Sink {
  /** All of the text, or Unwritable is thrown. */
  write(text: string): void;
}

export interface LineWriterOptions {
  readonly sink: Sink;
  /** Called when lines begin to be left out, once until one can be written again. */
  readonly onTrouble: (why: string) => void;
  /** Called when a line could be written behind so many that could not. */
  readonly onGap: (lines: number) => void;
}

export function createLineWriter({ sink, onTrouble, onGap }: LineWriterOptions): LineWriter {
  let missing = 0;
  return {
    get missing() {
      return missing;
    },
    write(text) {
      try {
        sink.write(`${text}\n`);
      } catch (error) {
        const isFirst = missing === 0;
        missing += text.split('\n').length;
        if (isFirst) onTrouble(reasonOf(error));
        return;
      }
      const gap = missing;
      missing = 0;
      if (gap > 0) onGap(gap);
    },
  };
}

/** A file, or a device that is no terminal. Not through Node's stream, which ends for good with the first error. */
export function fileSink(fd: number, write: (fd: number, bytes: Buffer) => number = writeSync): Sink {
  let isTorn = false;
  return {
    write(text) {
      const bytes = Buffer.from(isTorn ? `\n${text}` : text);
      const written = write(fd, bytes);
      if (written > 0) isTorn = written < bytes.length;
      if (written < bytes.length) throw new Unwritable('no space is left');
    },
  };
}

/**
 * A pipe, a socket or a terminal. Its reader may stop: what waits for it beyond `waitingMax` bytes is refused.
 * `onGone` is called when the reader has gone away.
 */
export function streamSink(stream: Writable, waitingMax: number, onGone: () => void): Sink {
  let broken: string | undefined;
  stream.on('error', (error) => {
    broken = reasonOf(error);
    if ('code' in error && error.code === 'EPIPE') onGone();
  });
  return {
    write(text) {
      if (broken !== undefined) throw new Unwritable(broken);
      if (stream.writableLength > waitingMax) throw new Unwritable('its reader does not read');
      stream.write(text);
    },
  };
}

/** Resolves when the stream takes more, or takes nothing any more. A long answer asks again and again, so nothing of it stays. */
export function drained(stream: Writable): Promise<void> {
  if (!stream.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}

/**
 * Node makes terminals block, and one that its user holds (Ctrl-S) would hold the run. Only where Node has opened the terminal
 * anew, under a number of its own: otherwise the shell that shares it would stop to block as well.
 */
export function unblock(terminal: Writable, fd: number): void {
  const handle: unknown = Reflect.get(terminal, '_handle');
  if (!isHandle(handle) || handle.fd === fd) return;
  handle.setBlocking(false);
}

const isHandle = (value: unknown): value is { readonly fd: number; setBlocking(isBlocking: boolean): void } =>
  typeof value === 'object' && value !== null && 'setBlocking' in value && 'fd' in value;
