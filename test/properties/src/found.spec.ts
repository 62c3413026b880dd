/** Histories that once broke a law, as they came out of the search. */
import { describe, expect, it } from 'vitest';
import type { Act } from './history.ts';
import { play } from './history.ts';
import type { CrashPoint } from './model-run.ts';
import { ModelRun } from './model-run.ts';
import { LastSeen, expectEvidence, expectFolder, expectParents } from './moments.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost } from './verdicts.ts';

interface Found {
  readonly acts: readonly Act[];
  readonly crashPoint?: CrashPoint;
}

const found: Readonly<Record<string, Found>> = {
  'an item that lost both sides while its command was at work comes back as nobody': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 2 },
      { do: 'create', on: 'disk', at: 0, name: 3 },
      { do: 'create', on: 'disk', at: 0, name: 2 },
      { do: 'write', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 3, choice: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'write', on: 'disk', at: 0, name: 0 },
      { do: 'work', steps: 9, choice: 279 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 940 },
    ],
  },
  'a creation was deleted again before its answer came': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 104 },
      { do: 'loseCursor' },
      { do: 'mkdir', on: 'disk', at: 0, name: 2 },
      { do: 'crash' },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 2 },
      { do: 'work', steps: 4, choice: 3 },
      { do: 'work', steps: 7, choice: 714 },
      { do: 'remove', on: 'drive', at: 3, name: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'work', steps: 2, choice: 925 },
    ],
  },
  'a folder to be made was there already, because another item had been renamed to its name': {
    acts: [
      { do: 'mkdir', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'drive', at: 0, name: 3 },
      { do: 'work', steps: 4, choice: 582 },
      { do: 'move', on: 'disk', at: 0, to: 0, name: 3 },
    ],
  },
  'a folder of the drive was deleted and made again within one page': {
    acts: [
      { do: 'mkdir', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'drive', at: 1, name: 0 },
      { do: 'work', steps: 4, choice: 0 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'drive', at: 0, name: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'work', steps: 2, choice: 844 },
      { do: 'work', steps: 3, choice: 2 },
    ],
  },
  'a page with a row whose folder is not known yet came twice': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 608 },
      { do: 'mkdir', on: 'drive', at: 0, name: 3 },
      { do: 'move', on: 'drive', at: 0, to: 3, name: 0 },
      { do: 'crash' },
      { do: 'work', steps: 1, choice: 749 },
    ],
  },
  'a folder waited for an item on a name stop, and the item for the folder': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'create', on: 'drive', at: 0, name: 3 },
      { do: 'mkdir', on: 'disk', at: 0, name: 1 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'move', on: 'disk', at: 9, to: 4, name: 2 },
      { do: 'work', steps: 3, choice: 138 },
      { do: 'work', steps: 10, choice: 618 },
      { do: 'crash' },
      { do: 'mkdir', on: 'disk', at: 4, name: 0 },
      { do: 'remove', on: 'drive', at: 2, name: 0 },
      { do: 'work', steps: 3, choice: 0 },
      { do: 'move', on: 'disk', at: 9, to: 6, name: 0 },
    ],
    crashPoint: { batch: 0, durable: false },
  },
  'the feed kept silent about an item that we had moved into a folder which was then deleted': {
    acts: [
      { do: 'mkdir', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 5, choice: 292 },
      { do: 'loseCursor' },
      { do: 'crash' },
      { do: 'mkdir', on: 'disk', at: 0, name: 1 },
      { do: 'move', on: 'disk', at: 0, to: 5, name: 0 },
      { do: 'work', steps: 1, choice: 0 },
      { do: 'work', steps: 8, choice: 0 },
      { do: 'work', steps: 2, choice: 219 },
      { do: 'work', steps: 1, choice: 21 },
      { do: 'crash' },
      { do: 'remove', on: 'drive', at: 1, name: 0 },
    ],
    crashPoint: { batch: 0, durable: false },
  },
  'somebody renamed an item back from its name stop': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 2, choice: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 3 },
      { do: 'work', steps: 2, choice: 196 },
      { do: 'move', on: 'disk', at: 0, to: 0, name: 0 },
      { do: 'mkdir', on: 'disk', at: 0, name: 3 },
      { do: 'move', on: 'disk', at: 0, to: 1, name: 0 },
      { do: 'crash' },
      { do: 'work', steps: 8, choice: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 3 },
    ],
  },
  'a folder was gone for two scans, and a file in it for one only': {
    acts: [
      { do: 'create', on: 'disk', at: 0, name: 0 },
      { do: 'mkdir', on: 'drive', at: 0, name: 3 },
      { do: 'work', steps: 6, choice: 0 },
      { do: 'work', steps: 2, choice: 293 },
      { do: 'create', on: 'drive', at: 3, name: 0 },
      { do: 'hint', side: 'local' },
      { do: 'create', on: 'disk', at: 3, name: 0 },
      { do: 'work', steps: 5, choice: 0 },
      { do: 'work', steps: 9, choice: 84 },
      { do: 'remove', on: 'disk', at: 5, name: 0 },
      { do: 'hint', side: 'local' },
    ],
  },
  'two folders that differ in case only, one deleted, with a file moved from it into the other': {
    acts: [
      { do: 'mkdir', on: 'disk', at: 0, name: 2 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 0, name: 3 },
      { do: 'create', on: 'disk', at: 4, name: 0 },
      { do: 'work', steps: 2, choice: 0 },
      { do: 'work', steps: 7, choice: 272 },
      { do: 'move', on: 'disk', at: 3, to: 8, name: 0 },
      { do: 'remove', on: 'disk', at: 0, name: 0 },
    ],
  },
  'a file kept out of the first scan and its folder moved before the second': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'work', steps: 6, choice: 0 },
      { do: 'work', steps: 1, choice: 516 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'crash' },
      { do: 'work', steps: 5, choice: 0 },
      { do: 'work', steps: 10, choice: 0 },
      { do: 'create', on: 'drive', at: 4, name: 0 },
      { do: 'move', on: 'drive', at: 0, to: 2, name: 0 },
      { do: 'work', steps: 5, choice: 0 },
      { do: 'crash' },
      { do: 'loseCursor' },
      { do: 'remove', on: 'drive', at: 10, name: 0 },
      { do: 'work', steps: 5, choice: 71 },
      { do: 'mkdir', on: 'disk', at: 11, name: 0 },
      { do: 'move', on: 'disk', at: 0, to: 11, name: 0 },
      { do: 'work', steps: 2, choice: 0 },
      { do: 'work', steps: 3, choice: 447 },
    ],
  },
  'a decision hung on a circle that was closed three steps away': {
    acts: [
      { do: 'mkdir', on: 'drive', at: 0, name: 1 },
      { do: 'create', on: 'disk', at: 0, name: 0 },
      { do: 'move', on: 'disk', at: 0, to: 0, name: 3 },
      { do: 'work', steps: 7, choice: 0 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 4, name: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 2 },
      { do: 'work', steps: 1, choice: 0 },
      { do: 'work', steps: 1, choice: 0 },
      { do: 'move', on: 'drive', at: 3, to: 3, name: 0 },
      { do: 'work', steps: 4, choice: 0 },
      { do: 'work', steps: 7, choice: 486 },
      { do: 'work', steps: 4, choice: 0 },
      { do: 'move', on: 'disk', at: 3, to: 11, name: 0 },
      { do: 'work', steps: 6, choice: 0 },
      { do: 'remove', on: 'disk', at: 1, name: 0 },
    ],
  },
  'a folder on disk was replaced by another one under the name into which one was to be made': {
    acts: [
      { do: 'work', steps: 6, choice: 0 },
      { do: 'loseCursor' },
      { do: 'hint', side: 'remote' },
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'lose', choice: 0 },
      { do: 'work', steps: 4, choice: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 1 },
      { do: 'hint', side: 'remote' },
      { do: 'work', steps: 3, choice: 140 },
      { do: 'mkdir', on: 'drive', at: 0, name: 3 },
      { do: 'work', steps: 10, choice: 0 },
      { do: 'write', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'disk', at: 0, name: 1 },
      { do: 'mkdir', on: 'disk', at: 2, name: 2 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 2 },
      { do: 'hint', side: 'remote' },
      { do: 'work', steps: 2, choice: 0 },
      { do: 'mkdir', on: 'drive', at: 9, name: 2 },
      { do: 'create', on: 'drive', at: 0, name: 1 },
      { do: 'work', steps: 5, choice: 0 },
      { do: 'hint', side: 'local' },
      { do: 'work', steps: 3, choice: 229 },
      { do: 'work', steps: 2, choice: 841 },
      { do: 'remove', on: 'disk', at: 0, name: 0 },
      { do: 'work', steps: 4, choice: 534 },
      { do: 'work', steps: 3, choice: 406 },
      { do: 'move', on: 'disk', at: 0, to: 0, name: 3 },
      { do: 'work', steps: 5, choice: 84 },
    ],
    crashPoint: { batch: 25, durable: false },
  },
  'the drive deleted a version whose upload was still to be answered': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 0 },
      { do: 'work', steps: 6, choice: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 1 },
      { do: 'crash' },
      { do: 'write', on: 'disk', at: 0, name: 0 },
      { do: 'loseCursor' },
      { do: 'work', steps: 11, choice: 219 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'work', steps: 1, choice: 253 },
    ],
  },
  'a creation was renamed and came down as another item before its answer': {
    acts: [
      { do: 'create', on: 'disk', at: 0, name: 0 },
      { do: 'work', steps: 4, choice: 349 },
      { do: 'work', steps: 1, choice: 581 },
      { do: 'lose', choice: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 1 },
      { do: 'work', steps: 7, choice: 623 },
    ],
  },
  'both a version and its kept copy were deleted on the drive while the copy was on its way up': {
    acts: [
      { do: 'create', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 2 },
      { do: 'work', steps: 7, choice: 0 },
      { do: 'work', steps: 4, choice: 176 },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'hint', side: 'remote' },
      { do: 'remove', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 665 },
    ],
  },
  'a page with a file and the end of its folder came twice': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'move', on: 'drive', at: 0, to: 0, name: 1 },
      { do: 'mkdir', on: 'disk', at: 0, name: 1 },
      { do: 'mkdir', on: 'disk', at: 0, name: 0 },
      { do: 'create', on: 'disk', at: 1, name: 0 },
      { do: 'work', steps: 9, choice: 627 },
      { do: 'work', steps: 7, choice: 263 },
      { do: 'mkdir', on: 'drive', at: 1, name: 0 },
      { do: 'crash' },
      { do: 'write', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 1, choice: 0 },
      { do: 'work', steps: 2, choice: 363 },
      { do: 'remove', on: 'drive', at: 2, name: 0 },
    ],
  },
  'a row waited for its folder through a lost cursor, and was gone when the folder came': {
    acts: [
      { do: 'lose', choice: 1 },
      { do: 'lose', choice: 0 },
      { do: 'crash' },
      { do: 'work', steps: 12, choice: 61 },
      { do: 'mkdir', on: 'drive', at: 10, name: 1 },
      { do: 'mkdir', on: 'drive', at: 10, name: 0 },
      { do: 'crash' },
      { do: 'hint', side: 'local' },
      { do: 'move', on: 'drive', at: 5, to: 4, name: 3 },
      { do: 'create', on: 'disk', at: 0, name: 3 },
      { do: 'work', steps: 0, choice: 356 },
      { do: 'create', on: 'drive', at: 12, name: 0 },
      { do: 'mkdir', on: 'disk', at: 10, name: 1 },
      { do: 'work', steps: 6, choice: 42 },
      { do: 'remove', on: 'drive', at: 1, name: 2 },
      { do: 'create', on: 'disk', at: 10, name: 3 },
      { do: 'loseCursor' },
      { do: 'work', steps: 0, choice: 533 },
      { do: 'lose', choice: 0 },
      { do: 'work', steps: 3, choice: 469 },
      { do: 'work', steps: 12, choice: 24 },
      { do: 'create', on: 'disk', at: 1, name: 2 },
      { do: 'move', on: 'drive', at: 2, to: 0, name: 1 },
    ],
    crashPoint: { batch: 23, durable: true },
  },
  'a file was written while everything was listed, and the listing left it out': {
    acts: [
      { do: 'create', on: 'drive', at: 0, name: 0 },
      { do: 'mkdir', on: 'disk', at: 0, name: 3 },
      { do: 'loseCursor' },
      { do: 'work', steps: 6, choice: 84 },
      { do: 'work', steps: 3, choice: 0 },
      { do: 'work', steps: 2, choice: 529 },
      { do: 'write', on: 'drive', at: 0, name: 0 },
      { do: 'work', steps: 2, choice: 284 },
    ],
  },
};

describe('what the search has found', () => {
  it.each(Object.entries(found))('%s', (_title, { acts, crashPoint = null }) => {
    const run = new ModelRun();
    run.crashPoint = crashPoint;
    run.repeats.on = true;
    const seen = new LastSeen();
    run.onFold = (state) => seen.note(state);
    run.beforePlan = expectParents;
    run.onPlan = (commands, state) => {
      expectEvidence(run, seen, commands, state);
      for (const command of commands) expectFolder(command, state);
    };
    const played = play(acts, run);
    expectNothingLost(played);
    expectNothingInvented(played);
    expectAgreement(played);
    expect(run.repeats.news).toEqual([]);
  });
});
