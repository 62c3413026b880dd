import type { Mutant } from '../mutant.ts';

export const plugins: readonly Mutant[] = [
  {
    file: 'libs/engine/src/fold/facts.ts',
    find: 'for (const plugin of reporting) state.factsAwaited.add(plugin);',
    replace: 'for (const plugin of reporting) if (!state.facts.has(plugin)) state.factsAwaited.add(plugin);',
    harm: 'A run decides by the facts of the run before, and sends what a fact of today leaves alone.',
    specs: ['libs/engine/src/fold/facts.spec.ts'],
  },
  {
    file: 'libs/engine/src/plan/plan.ts',
    find: 'if (isSuspended(state) || isPaused(state) || state.factsAwaited.size > 0)',
    replace: 'if (isSuspended(state) || isPaused(state))',
    harm: 'What a rule would leave alone is sent before the plugin has told what its rule needs.',
    specs: ['libs/engine/src/fold/facts.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/scope.ts',
    find: '  if (state.factsAwaited.size > 0) return;\n',
    replace: '',
    harm: 'At the start, rules without facts let everything in, and what was left alone is compared as if it were known.',
    specs: ['libs/engine/src/fold/facts.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/scope.ts',
    find: '  if (state.uncompared.size <= before) return;\n',
    replace: '  if (before >= 0) return;\n',
    harm: 'A file that comes back into scope is deleted on disk, because it was deleted online while it was left alone.',
    specs: ['libs/engine/src/fold/scope.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/unproven.ts',
    find: '      if (!local.unanswered.has(id)) end(item);\n',
    replace: '',
    harm: 'A file that comes back into scope in a folder that cannot be read is deleted on the drive, because it had been removed on disk while it was left alone.',
    specs: ['libs/engine/src/fold/scope.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/changed-content.ts',
    find: 'if (now !== format) return',
    replace: 'if (now === null) return',
    harm: 'With another key, a run goes on and puts content under it on the drive that other machines cannot read.',
    specs: ['apps/daemon/src/content.spec.ts'],
  },
  {
    file: 'libs/trees/src/base.ts',
    find: 'item.match = matchOf(synced) ?? item.match;',
    replace: 'item.match = null;',
    harm: 'After --resync every file whose content a plugin or the service changed counts as a conflict, and is there twice.',
    specs: ['apps/daemon/src/content.spec.ts'],
  },
  {
    file: 'libs/trees/src/item.ts',
    find: "    if (local.hash === match.hash) return 'same';\n",
    replace: "    if (local.sizeBytes === match.sizeBytes) return 'same';\n",
    harm: 'A file that was edited without another size counts as what the drive has, and the edit never gets there.',
    specs: ['apps/daemon/src/content.spec.ts'],
  },
  {
    file: 'plugins/uploader/src/changed-content.ts',
    find: "    await context.report({ type: 'ContentMatched', command: command.id, plugin, drive, disk });\n",
    replace: '',
    harm: 'A killed upload of changed content is taken for another file of that name, and comes down beside it.',
    specs: ['apps/daemon/src/content.spec.ts'],
  },
];
