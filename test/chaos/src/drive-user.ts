/** A user of the drive, elsewhere: the same acts, done through the operator of the simulated service. */
import { Refusal, type DriveOperations } from '@tidemark/graph-simulator';
import type { SeededRandom } from '@tidemark/testkit';
import type { User } from './disk-user.ts';
import { hashOf, type Ledger } from './ledger.ts';
import { archive, drawPath, drawSize, filesMost } from './names.ts';

/**
 * In one cycle. When delta links expire just then, a listing lacks what no deletion told of, and the client asks its user about one
 * that lacks ten items and more, and most of the tree.
 */
const removalsMost = 9;

/** For one cycle. */
export function createDriveUser(drive: DriveOperations, random: SeededRandom, ledger: Ledger): User {
  /** What the act replaces or removes at the path is in the tree no more, once it is done. */
  const instead = (path: string, act: () => void): void => {
    const before = drive.dump().filter((item) => item.path === path || item.path.startsWith(`${path}/`));
    act();
    for (const { quickXorHash } of before)
      if (quickXorHash !== undefined) ledger.replacedOnline(quickXorHash);
  };
  const noteMoved = (path: string): void => {
    for (const item of drive.dump())
      if (item.quickXorHash !== undefined && (item.path === path || item.path.startsWith(`${path}/`))) {
        ledger.moved('online', item.quickXorHash);
        ledger.placedOnline(item.quickXorHash, item.path);
      }
  };
  let removed = 0;
  const remove = (path: string, done: string): string => {
    const doomed = drive
      .dump()
      .filter((item) => item.path === path || item.path.startsWith(`${path}/`)).length;
    if (removed + doomed > removalsMost) return 'deletes nothing more';
    instead(path, () => drive.remove(path));
    removed += doomed;
    return done;
  };
  const write = (path: string): string => {
    const content = ledger.next('drive', drawSize(random));
    const isThere = drive.stat(path) !== undefined;
    if (isThere) instead(path, () => drive.modify(path, content));
    else drive.create(path, content);
    ledger.saved(content);
    ledger.placedOnline(hashOf(content), path);
    return `${isThere ? 'overwrites with' : 'creates'} ${content.split('\n')[0]}`;
  };
  const acts = {
    write,
    move: (path: string): string => {
      const to = `/${drawPath(random)}`;
      drive.move(path, to);
      noteMoved(to);
      return `moves to ${to}`;
    },
    delete: (path: string): string => remove(path, 'deletes'),
    'rename folder': (path: string): string => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      if (folder === '') return 'renames no folder';
      const name = `renamed ${random.below(4)}`;
      drive.rename(folder, name);
      noteMoved(`${folder.slice(0, folder.lastIndexOf('/'))}/${name}`);
      return `renames its folder to ${name}`;
    },
    'delete folder': (path: string): string => {
      const folder = path.slice(0, path.lastIndexOf('/'));
      if (folder === '') return 'deletes no folder';
      return remove(folder, 'deletes its folder');
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
