/**
 * No run repeats itself: the same command for the same item with the same precondition, answered in the same way, is not
 * planned again and again. Looks are left out, they are how a run learns something new. A run that goes on tries
 * again what failed with every look that is due, every few minutes: of failures, only those between two of these count.
 */
import type { Command, CommandId, Event } from '@tidemark/contracts';
import { LawBroken } from './laws.ts';

export interface Repetition {
  /** Told of each event of one run. Throws LawBroken. */
  heed(event: Event): void;
}

/** Attempts at one command while calls fail, and as many again after another look. */
const timesMax = 12;

export function createRepetition(): Repetition {
  const underWay = new Map<CommandId, string>();
  const times = new Map<string, number>();
  return {
    heed(event) {
      if (event.type === 'Planned') {
        for (const command of event.commands) {
          if (!isLook(command)) underWay.set(command.id, wordsOfWhat(command));
          else if (command.type === 'ReadRemote' && command.reason.rule === 'look-due') forgetFailures();
        }
      } else if (event.type === 'CommandSucceeded' || event.type === 'CommandFailed') {
        const what = underWay.get(event.command);
        if (what === undefined) return;
        underWay.delete(event.command);
        const key = `${what} ${event.type === 'CommandSucceeded' ? done : `→ ${event.failure.code}`}`;
        const count = (times.get(key) ?? 0) + 1;
        times.set(key, count);
        if (count > timesMax) throw new LawBroken('repetition', `${count} times in one run: ${key}`);
      }
    },
  };

  function forgetFailures(): void {
    for (const key of times.keys()) if (!key.endsWith(done)) times.delete(key);
  }
}

const done = '→ done';

const isLook = ({ type }: Command): boolean => type === 'ReadRemote' || type === 'ScanLocal';

/** The command without its number and its reason. */
function wordsOfWhat({ id: _id, reason: _reason, ...what }: Command): string {
  return JSON.stringify(what);
}
