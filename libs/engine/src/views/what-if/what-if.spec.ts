import type { Policy, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { Rules } from '@tidemark/planner';
import { describe, expect, it } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { initialState, noRules } from '../../fold/state.ts';
import type { DecisionDifference } from './compare-decisions.ts';
import { noEdits } from './edits.ts';
import type { WhatIf, WhatIfReport } from './what-if.ts';
import { createWhatIf } from './what-if.ts';

describe('what if', () => {
  it('finds nothing when nothing is changed', () => {
    const { differences, report } = ask(history(), {});
    expect(differences).toEqual([]);
    expect(report).toMatchObject({ divergences: 0, differences: 0 });
    expect(report.moments).toBeGreaterThan(5);
  });

  it('lists exactly the decisions that another filter would have changed, with both reasons', () => {
    const { differences } = ask(history(), { rulesFor: () => without('new.txt') });
    expect(differences.filter(({ path }) => path !== '').map(inWords)).toEqual([
      'was: upload "new.txt" as a new file: it is new on disk; would be: nothing for "new.txt": ignored, settings: left out by a rule',
    ]);
    // And a look: a run that uploads nothing has no changes of its own to read.
    expect(
      differences.filter(({ path }) => path === '').map(({ was, wouldBe }) => [was?.type, wouldBe]),
    ).toEqual([['ReadRemote', null]]);
  });

  it('tells what another limit of deletions would have held', () => {
    const policy = (recorded: Policy): Policy => ({ ...recorded, massDeleteMax: 1 });
    const { differences } = ask(history(), { policy });
    expect(differences.map(inWords)).toEqual([
      'was: delete "b.txt" on disk: it was deleted on the drive and had not changed on disk since the last agreement; ' +
        'would be: nothing for "b.txt": held, gone from the drive; its deletion on disk waits for your confirmation',
    ]);
  });

  it('tells which decisions rest on an event, and which looks on a hint', () => {
    const run = history();
    const [hint, deletion] = [eventOf(run, 'HintReceived'), eventsOf(run, 'RemoteSeen')[1]];
    const withoutHint = ask(run, { events: { ...noEdits, without: [hint] } });
    expect(withoutHint.differences.map(inWords)).toEqual([
      'was: read the drive: something told that this side may have changed; would be: nothing: no look is wanted',
    ]);
    const withoutNews = ask(run, { events: { ...noEdits, without: [deletion ?? seq(0)] } });
    expect(withoutNews.differences.map(inWords)).toEqual([
      'was: delete "b.txt" on disk: it was deleted on the drive and had not changed on disk since the last agreement; ' +
        'would be: nothing: both sides show the same',
    ]);
  });

  it('tells what changes when an event comes later, and that a repeated observation changes nothing', () => {
    const run = history();
    const news = eventsOf(run, 'RemoteSeen')[1] ?? seq(0);
    const late = ask(run, { events: { ...noEdits, delayed: [{ seq: news, by: 3 }] } });
    expect(late.differences.map(({ was, wouldBe }) => [was?.type, wouldBe?.type])).toContainEqual([
      'DeleteLocal',
      undefined,
    ]);
    for (const { seq: at, event } of run.log) {
      if (event.type !== 'RemoteSeen' && event.type !== 'LocalSeen') continue;
      const { differences } = ask(run, { events: { ...noEdits, repeated: [at] } });
      expect(differences.map(inWords), `event ${at} twice`).toEqual([]);
    }
  });
});

/** Both sides agree on two files; then one is deleted on the drive, of which a hint told, and one is new on disk. */
function history(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a.txt', 'a'), onDrive('B', 'b.txt', 'b'));
  run.diskShows(onDisk('a', 'a.txt', 'a'), onDisk('b', 'b.txt', 'b'));
  run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
  run.driveShows(goneFromDrive('B'));
  const { id } = run.command('DeleteLocal');
  run.observe({
    type: 'CommandSucceeded',
    command: id,
    local: { id: onDisk('b', 'b.txt', 'b').id, gone: true },
  });
  run.record([{ type: 'HintReceived', side: 'local', source: 'spec' }]);
  run.diskShows(onDisk('a', 'a.txt', 'a'), onDisk('n', 'new.txt', 'new'));
  const { id: upload } = run.command('UploadFile');
  const both = { local: onDisk('n', 'new.txt', 'new'), remote: onDrive('N', 'new.txt', 'new') };
  run.observe({ type: 'CommandSucceeded', command: upload, ...both });
  return run;
}

function ask(
  run: SpecRun,
  more: Partial<WhatIf>,
): { differences: DecisionDifference[]; report: WhatIfReport } {
  const differences: DecisionDifference[] = [];
  const { rulesFor } = run;
  const { take, report } = createWhatIf({
    rulesFor,
    before: { recorded: initialState(), changed: initialState() },
    changes: { policy: (policy) => policy, rulesFor, events: noEdits, ...more },
    onDifference: (difference) => void differences.push(difference),
  });
  for (const batch of run.batches) take(batch);
  return { differences, report };
}

const without = (name: string): Rules => ({
  ...noRules,
  ignore: (item) => (item.name === name ? { plugin: 'settings', detail: 'left out by a rule' } : null),
});

const inWords = ({ inWords: { was, wouldBe } }: DecisionDifference): string =>
  `was: ${was}; would be: ${wouldBe}`;

const eventsOf = ({ log }: SpecRun, type: RecordedEvent['event']['type']) =>
  log.filter(({ event }) => event.type === type).map((recorded) => recorded.seq);
const eventOf = (run: SpecRun, type: RecordedEvent['event']['type']) => eventsOf(run, type)[0] ?? seq(0);
