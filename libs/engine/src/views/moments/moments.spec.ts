import type { RecordedEvent } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { evolve } from '../../fold/evolve.ts';
import type { State } from '../../fold/state.ts';
import { initialState, noRules } from '../../fold/state.ts';
import { renderDifference, renderItem } from './render-items.ts';
import { differencesBetween, shownItems } from './shown-items.ts';
import { digestOf } from './state-digest.ts';

describe('a moment of a log', () => {
  it('shows an item at rest in one line, and of any other what each side has', () => {
    const run = settled();
    run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    run.driveShows(onDrive('A', 'a.txt', 'changed', { modifiedAt: 200 }));
    expect(shownItems(run.state).flatMap((item) => renderItem(item, formatTime))).toEqual([
      '≠ a.txt',
      '    drive   file "a.txt", 7 bytes, 1970-01-01T00:03:20.000Z, hash changed',
      '    disk    file "a.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash a',
      '    agreed  file "a.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash a',
      '= b.txt  1 bytes',
      '= folder/',
    ]);
  });

  it('differs from another in the entries that events between them set, and in nothing else', () => {
    const run = settled();
    const before = folded(run.log);
    run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    run.driveShows(
      goneFromDrive('B'),
      onDrive('A', 'renamed.txt', 'a'),
      onDrive('C', 'c.txt', 'c', { in: 'F' }),
    );
    const differences = differencesBetween(before, folded(run.log));
    expect(differences.map(({ path }) => path)).toEqual(['a.txt', 'b.txt', 'folder/c.txt']);
    expect(differences.flatMap((one) => renderDifference(one, formatTime))).toEqual([
      '~ a.txt (item 2)',
      '    drive   file "a.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash a → file "renamed.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash a',
      '~ b.txt (item 3)',
      '    drive   file "b.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash b → nothing',
      '+ folder/c.txt (item 4)',
      '    drive   nothing → file "c.txt", 1 bytes, 1970-01-01T00:01:40.000Z, hash c',
    ]);
    expect(differencesBetween(before, before)).toEqual([]);
  });

  it('has the same digest wherever its events are folded, and another one after any event', () => {
    const run = settled();
    expect(digestOf(folded(run.log))).toBe(digestOf(run.state));
    const digests = run.log.map((_event, index) => digestOf(folded(run.log.slice(0, index + 1))));
    expect(new Set(digests).size).toBe(run.log.length);
  });
});

const formatTime = (at: number): string => new Date(at).toISOString();

/** Both sides agree on a folder and two files. */
function settled(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('F', 'folder', null), onDrive('A', 'a.txt', 'a'), onDrive('B', 'b.txt', 'b'));
  run.diskShows(onDisk('f', 'folder', null), onDisk('a', 'a.txt', 'a'), onDisk('b', 'b.txt', 'b'));
  return run;
}

function folded(log: readonly RecordedEvent[]): State {
  const state = initialState();
  for (const recorded of log) evolve(state, recorded, () => noRules);
  return state;
}
