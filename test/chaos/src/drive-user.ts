/** A user of the drive, elsewhere: the same acts, done through the operator of the simulated service. */
import { Refusal, type DriveOperations } from '@tidemark/graph-simulator';
import type { SeededRandom } from '@tidemark/testkit';
import type { User } from './disk-user.ts';
import type { Ledger } from './ledger.ts';
import { archive, drawPath, drawSize, filesMost } from './names.ts';

export function createDriveUser(drive: DriveOperations, random: SeededRandom, ledger: Ledger): User {
  const write = (path: string): string => {
    const content = ledger.next('drive', drawSize(random));
    const isThere = drive.stat(path) !== undefined;
    if (isThere) drive.modify(path, content);
    else drive.create(path, content);
    ledger.saved(content);
    return `${isThere ? 'overwrites with' : 'creates'} ${content.split('\n')[0]}`;
  };
  const acts = {
    write,
    move: (path: string): string => {
      const to = `/${drawPath(random)}`;
      drive.move(path, to);
      return `moves to ${to}`;
    },
    delete: (path: string): string => {
      drive.remove(path);
      return 'deletes';
    },
    'rename folder': (path: string): string => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      if (folder === '') return 'renames no folder';
      const name = `renamed ${random.below(4)}`;
      drive.rename(folder, name);
      return `renames its folder to ${name}`;
    },
    'delete folder': (path: string): string => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      if (folder === '') return 'deletes no folder';
      drive.remove(folder);
      return 'deletes its folder';
    },
  };
  return () => {
    const files = drive
      .dump()
      .filter(({ kind, path }) => kind === 'file' && !path.startsWith(`/${archive.folder}/`));
    const isMuch = files.length > filesMost;
    const isNew = files.length < 4 || (random.happens(0.3) && !isMuch);
    const path = isNew ? `/${drawPath(random)}` : random.pick(files).path;
    const act = isNew ? 'write' : isMuch ? 'delete' : drawAct(random);
    try {
      return `drive: ${path}: ${acts[act](path)}`;
    } catch (error) {
      if (error instanceof Refusal) return `drive: ${path}: cannot ${act}: ${error.code}`;
      throw error;
    }
  };
}

const drawAct = (random: SeededRandom) =>
  random.pick([
    ...(['write', 'write', 'write', 'write', 'move', 'move'] as const),
    ...(['delete', 'delete', 'rename folder', 'delete folder'] as const),
  ]);
