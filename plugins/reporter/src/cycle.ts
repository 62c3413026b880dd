/**
 * The sync folder and what others share in it, told as one sync, as the peer does: its beginning once, and its end once all of them
 * have come to it. Programs take these lines for busy and idle.
 */
import type { Output } from '@tidemark/plugin-sdk';
import { passLines } from './pass-lines.ts';

export interface Cycle {
  /** For the run of that place. */
  output(key: string, output: Output): Output;
  /** The sync is not complete before that place has come to its end. */
  expect(key: string): void;
  /** That place is not waited for any more. */
  ended(key: string): void;
}

/** @param own of the sync folder */
export function createCycle(own: string): Cycle {
  /** In the middle of a pass, or about to begin one. */
  const open = new Set<string>();
  let isBegun = false;
  let isInterruptionTold = false;
  let hasFailed = false;
  /** Tells that all is complete; null: no place has said that it is. */
  let complete: (() => void) | null = null;
  /** The last examination that the peer tells of, right before the end. */
  let examine: (() => void) | null = null;
  const last: (() => void)[] = [];

  function printExamination(): void {
    examine?.();
    examine = null;
  }

  function end(key: string): void {
    open.delete(key);
    if (open.size > 0) return;
    printExamination();
    if (!hasFailed) complete?.();
    for (const print of last.splice(0)) print();
    isBegun = false;
    hasFailed = false;
    complete = null;
  }

  function line(key: string, text: string, output: Output): void {
    const print = (): void => output.line(text);
    switch (text) {
      case passLines.begins:
        open.add(key);
        if (!isBegun) print();
        isBegun = true;
        return;
      case passLines.examines:
        if (key === own) examine = print;
        return;
      case passLines.complete:
        complete = print;
        return end(key);
      case passLines.incomplete:
        printExamination();
        print();
        hasFailed = true;
        return end(key);
      case passLines.interrupted:
        if (!isInterruptionTold) print();
        isInterruptionTold = true;
        return;
      default:
        if (open.size > 0 && text.startsWith(passLines.summary)) last.push(print);
        else print();
    }
  }

  return {
    output: (key, output) => ({
      line: (text) => line(key, text, output),
      errorLine: (text) => output.errorLine(text),
      status: (text) => output.status(text),
      isTerminal: output.isTerminal,
      get columns() {
        return output.columns;
      },
    }),
    expect: (key) => void open.add(key),
    ended: end,
  };
}
