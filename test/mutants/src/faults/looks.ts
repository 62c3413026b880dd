import type { Mutant } from '../mutant.ts';

const specs = ['libs/engine/src/loop/news.spec.ts'];

export const looks: readonly Mutant[] = [
  {
    file: 'libs/engine/src/fold/local-news.ts',
    find: 'event.unseen.filter((id) => unseen.has(id))',
    replace: 'event.unseen',
    harm: 'A file that is moved while the disk is scanned is deleted online after one look.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/local-news.ts',
    find: 'lookEnded(local, isUnsettled);',
    replace: 'lookEnded(local, false);',
    harm: 'No second scan says what became of the files that the first one missed.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/local-news.ts',
    find: '  if (isUnsettled) local.folders = null;\n',
    replace: '',
    harm: 'What was moved out of a watched folder is looked for in that folder alone, and nobody follows it.',
    specs: ['libs/engine/src/fold/looks.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/local-news.ts',
    find: '    keepFoldersOfOthers(state, gone);\n',
    replace: '',
    harm: 'A folder counts as gone while a file in it is still there.',
    specs,
  },
  {
    file: 'libs/engine/src/loop/scan.ts',
    find: '  const unseen = unseenInFolders(state, listed, seen, unknown);\n  addReplaced(state, relisted, unseen);\n',
    replace: '  const unseen = unseenInFolders(state, listed, seen, unknown);\n',
    harm: 'A file that an editor saves while its folder is looked at gets the name of a safe backup, and its own is deleted online.',
    specs: ['libs/engine/src/loop/listed-twice.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/remote-news.ts',
    find: 'for (const id of event.unseen) if (trees.byRemoteId.has(id)) remote.unseen.add(id);',
    replace: 'touch(state, event.unseen.flatMap((id) => goneFromDrive(state, id)));',
    harm: 'What one listing of the drive lacks is deleted on disk, and nobody asked the drive about it.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/remote-news.ts',
    find: 'for (const id of look.command.ids) unseen.delete(id);',
    replace:
      'for (const id of look.command.ids) if (unseen.delete(id)) touch(state, goneFromDrive(state, id));',
    harm: 'An item for which the drive gave no answer is deleted on disk.',
    specs,
  },
  {
    file: 'libs/engine/src/fold/remote-news.ts',
    find: '  if (event.full) {\n    remote.unseen.clear();',
    replace: '  remote.cursor = event.cursor;\n  if (event.full) {\n    remote.unseen.clear();',
    harm: 'The cursor goes past a listing that was not believed, so that its changes are never told again.',
    specs: ['libs/engine/src/fold/doubt.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/remote-news.ts',
    find: 'if (doubt !== null) {',
    replace: 'if (doubt !== null && event.cursor === null) {',
    harm: 'A drive that lists nearly nothing for a moment empties the sync folder.',
    specs: ['libs/engine/src/fold/doubt.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/remote-news.ts',
    find: '    if (goneAt > beganAt) continue;\n',
    replace: '',
    harm: 'What was moved out of a deleted folder online goes with it on disk.',
    specs: ['libs/engine/src/fold/remote-news.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/looks.ts',
    find: '  side.unseen.clear();\n',
    replace: '',
    harm: 'What a foreign folder did not show counts as missed once already when the own folder is back.',
    specs,
  },
  {
    file: 'libs/engine/src/loop/scan.ts',
    find: 'unknown.has(item) ? null : itemOf(state.trees, item).local,',
    replace: 'itemOf(state.trees, item).local,',
    harm: 'Everything in a folder that may not be read for a while is deleted online.',
    specs,
  },
  {
    file: 'libs/engine/src/loop/parts.ts',
    find: 'arrived === parts ? conclude(met)',
    replace: 'arrived <= parts ? conclude(met)',
    harm: 'A part of a listing that got lost on the way reads as deleted files.',
    specs,
  },
  {
    file: 'libs/engine/src/loop/parts.ts',
    find: '(entryOf(item)?.seq ?? Infinity) <= startedAt',
    replace: '(entryOf(item)?.seq ?? Infinity) < Infinity',
    harm: 'A file that appeared after the scan had passed counts as missed by it.',
    specs,
  },
  {
    file: 'libs/machines/src/look.machine.ts',
    find: "wantAgain: assign(on('WANTED', ({ why }) => ({ why, again: true }))),",
    replace: "wantAgain: assign(on('WANTED', ({ why }) => ({ why, again: false }))),",
    harm: 'A change that is told while a look is under way is not looked for until the next interval.',
    specs: ['libs/machines/src/look.spec.ts'],
  },
  {
    file: 'libs/engine/src/fold/outcome.ts',
    find: 'if (mayBeOlder(state, before, local, command, isApart))',
    replace: 'if (isApart)',
    harm: 'A file that was renamed while it was sent counts as in sync under its old name until a look is due.',
    specs: ['libs/engine/src/fold/late-answer.spec.ts'],
  },
];
