import type { Mutant } from '../mutant.ts';

const specs = ['libs/disk/src/durability.spec.ts'];

export const flushes: readonly Mutant[] = [
  {
    file: 'libs/disk/src/flush.ts',
    find: 'add(`file ${fd}`, () => flushData(fd)),',
    replace: 'add(`file ${fd}`, () => Promise.resolve()),',
    harm: 'After a power cut a downloaded file has its name and no bytes, and the drive gets the empty one.',
    specs,
  },
  {
    file: 'libs/disk/src/flush.ts',
    find: '    await flushAll(fd);\n',
    replace: '',
    harm: 'After a power cut a replaced file has its old name and bytes, and the log says otherwise.',
    specs,
  },
  {
    file: 'libs/disk/src/staged-file.ts',
    find: '      sealedNs = fstatSync(fd, { bigint: true }).mtimeNs;\n      await durable.all();',
    replace: '      sealedNs = fstatSync(fd, { bigint: true }).mtimeNs;',
    harm: 'A file gets its name before its bytes are durable.',
    specs,
  },
  {
    file: 'libs/disk/src/durable-bytes.ts',
    find: '        await flush.file(fd);\n      } catch (error) {\n        lost();\n',
    replace: '        await flush.file(fd);\n      } catch (error) {\n',
    harm: 'After a failed flush the next one succeeds, and pages that never reached the disk count as durable.',
    specs,
  },
  {
    file: 'libs/disk/src/staging.ts',
    find: '            context.flush.folder(folder),\n',
    replace: '',
    harm: 'The outcome of a download is in the log while the name is not on the disk.',
    specs,
  },
  {
    file: 'libs/disk/src/changing.ts',
    find: '          await durable(context, action, path, source, ...(source === target ? [] : [target]));\n',
    replace: '',
    harm: 'After a power cut a moved file is in its old folder, and is moved back online.',
    specs,
  },
  {
    file: 'libs/disk/src/reading.ts',
    find: '          await makeDurable(path);\n',
    replace: '',
    harm: 'A power cut takes away what was just uploaded, and its absence is repeated on the drive.',
    specs,
  },
  {
    file: 'libs/disk/src/changing.ts',
    find: '              : await removeFile(context, folder, name, opened, isOnlyCopy);\n          await flush.folder(folder);',
    replace: '              : await removeFile(context, folder, name, opened, isOnlyCopy);',
    harm: 'After a power cut a removed file is there again, as new, and goes up.',
    specs,
  },
  {
    file: 'libs/disk/src/changing.ts',
    find: '          if (created) await flush.folder(folder);\n',
    replace: '',
    harm: 'After a power cut a new folder is missing, and is deleted online.',
    specs,
  },
  {
    file: 'libs/disk/src/sweep.ts',
    find: 'else if (rebooted) truncateSync(',
    replace: 'else if (boot === null) truncateSync(',
    harm: 'After a power cut a download goes on behind bytes that were never written.',
    specs: ['libs/disk/src/crash.spec.ts'],
    tests: ['after a reboot only flushed bytes'],
  },
  {
    file: 'libs/event-log/src/level-store.ts',
    find: '{ sync: true },',
    replace: '{ sync: false },',
    harm: 'After a power cut the log lacks what was done, and reads as damaged.',
    specs: ['libs/event-log/src/durability.spec.ts'],
  },
  {
    file: 'libs/event-log/src/witness.ts',
    find: 'witnessOn(await open(path, O_RDWR | O_DSYNC | O_NOFOLLOW));',
    replace: 'witnessOn(await open(path, O_RDWR | O_NOFOLLOW));',
    harm: 'After a power cut the witness is older than the log, which then reads as damaged.',
    specs: ['libs/event-log/src/durability.spec.ts'],
  },
  {
    file: 'libs/event-log/src/archive-files.ts',
    find: '        await file.sync();\n',
    replace: '',
    harm: 'Events leave the log for an archive that a power cut leaves empty.',
    specs: ['libs/event-log/src/durability.spec.ts'],
  },
];
