/** Who watches the simulated sync folder, and what becomes of the hints on their way. */
import type { Inode } from './inodes.ts';

/** `hold`: kept until `tellHeld`. `overflow`: it may be anywhere. */
export type HintFate = 'tell' | 'drop' | 'twice' | 'hold' | 'overflow';

type Told = (folders: readonly string[] | null) => void;

export interface Watchers {
  add(told: Told): () => void;
  /** Something happened at these paths: each folder above is told, and a new folder with everything below it. */
  changed(...paths: readonly string[]): void;
  /** The root itself went, came or was replaced. */
  changedAnywhere(): void;
  /** Tells what was held, oldest first. */
  tellHeld(): void;
}

export function createWatchers(
  root: () => Inode,
  fate: (folders: readonly string[]) => HintFate = () => 'tell',
): Watchers {
  const all = new Set<Told>();
  let held: (readonly string[])[] = [];
  const tell = (folders: readonly string[] | null): void => {
    for (const told of all) told(folders);
  };

  return {
    add(told) {
      all.add(told);
      return () => all.delete(told);
    },
    changed(...changed) {
      // What is outside the sync folder is not watched.
      const paths = changed.filter((path) => !path.startsWith('/'));
      if (all.size === 0 || paths.length === 0) return;
      const folders = [...new Set(paths.flatMap((path) => [folderOf(path), ...foldersAt(root(), path)]))];
      switch (fate(folders)) {
        case 'drop':
          return;
        case 'hold':
          held.push(folders);
          return;
        case 'overflow':
          return tell(null);
        case 'twice':
          tell(folders);
          return tell(folders);
        case 'tell':
          return tell(folders);
      }
    },
    changedAnywhere: () => tell(null),
    tellHeld() {
      const due = held;
      held = [];
      for (const folders of due) tell(folders);
    },
  };
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function foldersAt(root: Inode, path: string): string[] {
  let inode: Inode | undefined = root;
  for (const name of path.split('/')) inode = inode?.children.get(name);
  return inode === undefined ? [] : foldersBelow(inode, path);
}

function foldersBelow(inode: Inode, path: string): string[] {
  if (inode.kind !== 'folder') return [];
  return [path, ...[...inode.children].flatMap(([name, child]) => foldersBelow(child, `${path}/${name}`))];
}
