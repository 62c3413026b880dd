import type { Mutant } from '../mutant.ts';

const specs = ['libs/engine/src/fold/gate.spec.ts'];

export const gate: readonly Mutant[] = [
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'total >= policy.massDeleteMax ||',
    replace: 'total > policy.massDeleteMax ||',
    harm: 'One deletion more than the user allowed goes through unasked.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'const total = pending.size + recent.size;',
    replace: 'const total = pending.size;',
    harm: 'A program that deletes a few files at a time empties the drive, and nothing is held.',
    specs,
  },
  {
    file: 'libs/engine/src/loop/news.ts',
    find: 'heldPlan(state)?.hash === observation.hash ? [observation] : []',
    replace: '[observation]',
    harm: 'A confirmation that fits nothing is in the log as if a user had confirmed something.',
    specs: ['libs/engine/src/fold/gate.spec.ts', 'libs/engine/src/loop/news.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'if (recent.size === 0 || isHeld(state, kind)) continue;',
    replace: 'if (recent.size === 0) continue;',
    harm: 'Held deletions go through by themselves after a while.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: '      confirmed.delete(id);\n',
    replace: '',
    harm: 'What was confirmed once, restored and deleted again goes without a question.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'percent < 100 && disguised.size >= shareCountsFrom',
    replace: 'percent > 100 && disguised.size >= shareCountsFrom',
    harm: 'A program that encrypts a hundred files of a large tree has them replaced online.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'total * 100 > items * percent;',
    replace: 'total > items * percent;',
    harm: 'Most of the tree may be deleted, however small a share the user allowed.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: 'JSON.stringify([kind, item.id, shownPath(state.trees, item)])',
    replace: 'kind',
    harm: 'Two held plans of the same number have one name, and the user confirms the wrong one.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/gate.ts',
    find: '  if (confirmed.has(id)) return;\n  recent.delete(id);',
    replace: '  if (confirmed.has(id)) return;\n  return;\n  recent.delete(id);',
    harm: 'Files that are encrypted in small batches are replaced online one after the other.',
    specs,
  },
  {
    file: 'libs/planner/src/deletion.ts',
    find: "  if (view.held('deletionsOnDrive', item.id)) return waitFor('deletionsOnDrive');\n",
    replace: '',
    harm: 'The gate holds no deletion online.',
    specs,
  },
  {
    file: 'libs/planner/src/deletion.ts',
    find: "  if (view.held('deletionsOnDisk', item.id)) return waitFor('deletionsOnDisk');\n",
    replace: '',
    harm: 'The gate holds no deletion on disk.',
    specs,
  },
  {
    file: 'libs/planner/src/content.ts',
    find: "  if (view.held('replacementsOnDrive', item.id)) return waitFor('replacementsOnDrive');\n",
    replace: '',
    harm: 'The gate holds no mass of rewritten files.',
    specs,
  },
];
