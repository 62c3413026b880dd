/** The table of decisions: a row is what was agreed, what the disk shows, what the drive shows, and what follows. */
import type { RuleId } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { contentRows } from './testing/content-rows.ts';
import { deletionRows } from './testing/deletion-rows.ts';
import { editRows } from './testing/edit-rows.ts';
import { onTheWayRows } from './testing/on-the-way-rows.ts';
import { placeRows } from './testing/place-rows.ts';
import { sourceRows } from './testing/source-rows.ts';
import { uploadOnlyRows } from './testing/upload-only-rows.ts';
import { decide, inWords, viewWith } from './testing/table.ts';

const rows = {
  ...contentRows,
  ...deletionRows,
  ...editRows,
  ...placeRows,
  ...sourceRows,
  ...onTheWayRows,
  ...uploadOnlyRows,
};

for (const [subject, table] of Object.entries(rows)) {
  describe(subject, () => {
    it.each(Object.entries(table))('%s', (_title, { items, given, gives, rule }) => {
      const decision = decide(viewWith(items, given));
      expect(inWords(decision)).toBe(gives);
      expect(decision.type === 'act' ? decision.command.reason.rule : undefined).toBe(rule);
    });
  });
}

it('every rule of the planner has a row', () => {
  const chosen = new Set(
    Object.values(rows).flatMap((table) => Object.values(table).map(({ rule }) => rule)),
  );
  const missing = (Object.keys(ruleTexts) as RuleId[]).filter((rule) => !chosen.has(rule));
  // Looks at a side are planned by the engine.
  expect(missing).toEqual([
    'run-started',
    'hint-received',
    'scope-widened',
    'look-again',
    'unlisted-read', // glossary: in old logs only
    'unseen-confirmed',
    'still-gone',
    'look-due',
    'subscription-wanted',
    'subscription-ends',
    'run-stops',
    'closing-read',
  ]);
});
