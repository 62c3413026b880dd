/** What-if over random histories: nothing changed means no difference, and a change shows only where it reaches. */
import { createWhatIf, type DecisionDifference, initialState, noEdits, type WhatIf } from '@tidemark/engine';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { history, play } from './history.ts';
import { type ModelRun, rulesFor } from './model-run.ts';
import { runs } from './verdicts.ts';

it('what-if finds no difference when nothing is changed', () => {
  fc.assert(
    fc.property(history, (acts) => {
      expect(differencesIn(play(acts).run, {})).toEqual([]);
    }),
    runs(0.1),
  );
});

it('a rule that excludes a name changes nothing in a history without that name, and something in one that synced it', () => {
  const rulesOfOther: WhatIf['rulesFor'] = () => ({
    resolve: () => null,
    ignore: ({ path }) => (path.split('/').includes('b') ? { plugin: 'spec', detail: 'excluded' } : null),
  });
  fc.assert(
    fc.property(history, (acts) => {
      const { run } = play(acts);
      const commands = run.log
        .flat()
        .flatMap(({ event }) => (event.type === 'Planned' ? event.commands : []));
      const isSynced = commands.some(({ path }) => path === 'b');
      const isMet = JSON.stringify(run.log).includes('"name":"b"');
      const differences = differencesIn(run, { rulesFor: rulesOfOther });
      if (isSynced) expect(differences).not.toEqual([]);
      else if (!isMet) expect(differences).toEqual([]);
    }),
    runs(0.1),
  );
});

function differencesIn(run: ModelRun, changes: Partial<WhatIf>): DecisionDifference[] {
  const differences: DecisionDifference[] = [];
  const { take } = createWhatIf({
    rulesFor,
    before: { recorded: initialState(), changed: initialState() },
    changes: { policy: (policy) => policy, rulesFor, events: noEdits, ...changes },
    onDifference: (difference) => void differences.push(difference),
  });
  for (const batch of run.log) take(batch);
  return differences;
}
