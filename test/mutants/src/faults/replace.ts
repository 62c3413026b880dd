import type { Mutant } from '../mutant.ts';

const specs = ['libs/testkit/src/conformance/disk.spec.ts'];
const moments = ['libs/disk/src/moments.spec.ts'];

export const replace: readonly Mutant[] = [
  {
    file: 'libs/disk/src/place.ts',
    find: 'if (isStill(workspace.hold, operation, opened.fd, opened.stats)) {',
    replace: 'if (operation !== null) {',
    harm: 'What a user saves in the moment of a download goes to the trash, and the outcome tells nothing of it.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/place.ts',
    find: 'if (!isStill(workspace.hold, aside, opened.fd, opened.stats)) {',
    replace: 'if (aside === null) {',
    harm: 'The same on a file system that cannot exchange two names.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/place.ts',
    find: 'renameSync(displacedFile, workspace.trash.base + trash);',
    replace: 'unlinkSync(displacedFile);',
    harm: 'The version that a download replaces is gone instead of being in the trash.',
    specs,
    tests: ['puts it into the trash'],
  },
  {
    file: 'libs/disk/src/place.ts',
    find: 'keepAs === null ? null : await keepBeside(placement, folder, name, opened, keepAs);',
    replace: 'keepAs !== undefined ? null : await keepBeside(placement, folder, name, opened, keepAs);',
    harm: 'The local version of a conflict disappears from its folder.',
    specs,
    tests: ['keeps the local version under the first free kept name'],
  },
  {
    file: 'libs/disk/src/place.ts',
    find: '  renameFree(context.renames, workspace.staging, file.name, folder, name);\n  context.own',
    replace: '  renameSync(workspace.staging.base + file.name, folder.base + name);\n  context.own',
    harm: 'A download of something new replaces a file that got its name a moment before.',
    specs,
    tests: ['never takes a name that somebody has'],
  },
  {
    file: 'libs/disk/src/place.ts',
    find: '  refuseYoung(action, pathIn(folder, name), expected);\n',
    replace: '',
    harm: 'A second save within the same tick of the clock is replaced as if it were the first.',
    specs: ['libs/disk/src/create-disk.spec.ts'],
    tests: ['nothing whose stamp was young'],
  },
  {
    file: 'libs/disk/src/place.ts',
    find: 'if (there !== undefined && sameFile(there, opened.stats)) unlinkSync(displacedFile);',
    replace: 'if (there === undefined || sameFile(there, opened.stats)) unlinkSync(displacedFile);',
    harm: 'A kept version whose name was taken away in the same moment is gone for good.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/place.ts',
    find: 'hash: untouched ? placement.hash : null',
    replace: 'hash: placement.hash',
    harm: 'What is written into a new file at once is taken for what the drive sent, and not uploaded.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/place.ts',
    find: '  writeFileSync(note, sealedPath(pathIn(folder, name)), { mode: 0o600 });',
    replace: "  writeFileSync(note, sealedPath(''), { mode: 0o600 });",
    harm: 'After a crash in a replace the file has no name in the tree, only one in the trash.',
    specs: ['libs/disk/src/crash.spec.ts'],
  },
  {
    file: 'libs/disk/src/keep-beside.ts',
    find: 'return (await hashOfFile(home, kept, there)) === (await hashOfFile(folder, name, opened.stats));',
    replace: 'return true;',
    harm: 'A file of the same size passes for the kept version, and the local edit has no name.',
    specs: ['libs/disk/src/no-links.spec.ts'],
    tests: ['takes no file of the same size'],
  },
  {
    file: 'libs/disk/src/to-trash.ts',
    find: 'if (isStill(workspace.trash, place, opened.fd, opened.stats)) return',
    replace: 'if (place !== null) return',
    harm: 'A file that is saved in the moment of its deletion leaves the folder all the same.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/to-trash.ts',
    find: '  giveBack(context, workspace.trash, place, folder, name);\n',
    replace: '',
    harm: 'A file that is saved in the moment of its deletion does not get its name back.',
    specs: moments,
  },
  {
    file: 'libs/disk/src/sweep.ts',
    find: "const path = name.endsWith('.displaced') ? unsealedPath(readIfThere(`${base}${operation}.path`)) : null;",
    replace: 'const path = operation === null ? readIfThere(base) : null;',
    harm: 'After a crash in a replace a start puts the file into the trash instead of its folder.',
    specs: ['libs/disk/src/crash.spec.ts'],
  },
];
