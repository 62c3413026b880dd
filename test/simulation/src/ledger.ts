/**
 * The ledger: every version that a user saved, and which of them no user wants any more. The client never sees it. Contents
 * are short texts, so that a trace can be read.
 */

import { unreversed } from './reversing.ts';

export interface Ledger {
  /** A new content that nobody has written before. */
  next(): Uint8Array;
  /** One that was written before, somewhere. */
  again(index: number): Uint8Array;
  /** A user overwrote or deleted what was there, and meant it. */
  dismiss(bytes: Uint8Array): void;
  /** Nobody could have kept it. */
  writeOff(content: string): void;
  /** A user gave something a name that the client had made up. */
  borrow(path: string): void;
  readonly borrowed: ReadonlySet<string>;
  /** Contents that must not be lost. */
  readonly wanted: ReadonlySet<string>;
  /** Everything that a user ever wrote. */
  readonly written: ReadonlySet<string>;
}

export function createLedger(): Ledger {
  const wanted = new Set<string>();
  const written = new Set<string>();
  const borrowed = new Set<string>();
  return {
    next() {
      // Lengths differ, and not only with the count.
      const content = `v${written.size + 1}${'.'.repeat((written.size * 7) % 5)}`;
      written.add(content);
      wanted.add(content);
      return encoder.encode(content);
    },
    again(index) {
      const content = [...written][index % Math.max(1, written.size)] ?? '';
      written.add(content);
      return encoder.encode(content);
    },
    dismiss(bytes) {
      wanted.delete(contentOf(bytes));
    },
    writeOff: (content) => void wanted.delete(content),
    borrow(path) {
      if (path.includes(stopPrefix)) borrowed.add(path.slice(path.lastIndexOf('/') + 1));
    },
    borrowed,
    wanted,
    written,
  };
}

/** How the client calls an item in the middle of a name swap. */
export const stopPrefix = 'tidemark-swap-';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const promoted = '~promoted';

/** What the user wrote, whatever the service made of it. */
export const contentOf = (bytes: Uint8Array): string =>
  unreversed(decoder.decode(bytes).replaceAll(promoted, ''));

/** A document as the service stores it. */
export const rewritten = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(`${decoder.decode(bytes)}${promoted}`);
