/**
 * Suspects that the kernel dropped events. It does so when its queue is full, and neither Node nor chokidar pass that on
 * (measured: 24,384 changes gave 16,384 events and not a word). All events of a full queue arrive in one turn of the event
 * loop, so a turn with very many is the sign; a loop that stood still for long is another.
 */
import { readFileSync } from 'node:fs';
import { errnoOf } from './errno.ts';

export interface LostEvents {
  /** One event came. True once in a turn that may have missed others. */
  seen(): boolean;
  /** The turn is over. */
  turned(): void;
  /** A beat that is due every `beatMs`. True when it came so late that events may have been lost meanwhile. */
  beat(nowMs: number): boolean;
}

export const beatMs = 1_000;
/** A busy disk fills the queue in about a second; a stall of this length also means sleep, or a stopped process. */
const stallMs = 5_000;
/** The kernel merges equal events and libuv drops some: half a queue is already suspicious. */
const suspiciousShare = 0.5;

export function createLostEvents(queueLength: number, startMs: number): LostEvents {
  const suspicious = Math.max(1, Math.floor(queueLength * suspiciousShare));
  let inTurn = 0;
  let lastBeatMs = startMs;
  return {
    seen: () => ++inTurn === suspicious,
    turned() {
      inTurn = 0;
    },
    beat(nowMs) {
      const isLate = nowMs - lastBeatMs > stallMs;
      lastBeatMs = nowMs;
      return isLate;
    },
  };
}

export const defaultQueueLength = 16_384;

/** Events that the kernel keeps for a process that does not fetch them. */
export function inotifyQueueLength(): number {
  return readLimit('max_queued_events') ?? defaultQueueLength;
}

/** A limit of inotify, or null where there is no such file. */
export function readLimit(name: 'max_queued_events' | 'max_user_watches'): number | null {
  try {
    const value = Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'latin1'));
    return Number.isSafeInteger(value) && value > 0 ? value : null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
