/** What happens to the sync folder as a whole, to a mount in it, and to a name that a link takes. */
import type { TreeEntry } from '@tidemark/testkit';
import type { Incident, IncidentName, IncidentsOptions } from './incidents.ts';

export interface RootIncidents {
  readonly incidents: Readonly<
    Record<
      Exclude<
        IncidentName,
        'saved-with-gap' | 'saved-beside' | 'drive-restored' | 'quota-changed' | 'scope-changed'
      >,
      Incident
    >
  >;
  end(): void;
  readonly isFolderThere: boolean;
}

/** The name of what is mounted. */
export const aDisk = 'the disk';

type Kept = readonly (readonly [string, TreeEntry])[];

export function createRootIncidents({
  random,
  disk: { user },
  dismiss,
  noticed,
}: Pick<IncidentsOptions, 'random' | 'disk' | 'dismiss' | 'noticed'>): RootIncidents {
  let away: 'missing' | 'emptied' | null = null;
  let removed: Kept | null = null;
  let backup: Kept | null = null;
  /** Where the disk is mounted, or was when it was looked at last; null before the first time. */
  let mountedAt: string | null = null;

  const goAndReturn = (state: 'missing' | 'emptied'): string => {
    if (away !== null) return comeBack();
    away = state;
    user.setRoot(state);
    return `the sync folder is ${state}`;
  };
  const comeBack = (): string => {
    // What was written to the bare place in between stays out of sight below the folder that is back.
    if (away === 'emptied')
      for (const { kind, bytes } of user.tree().values()) if (kind === 'file') dismiss(bytes);
    away = null;
    user.setRoot('present');
    return 'the sync folder is back';
  };
  const whileThere =
    (incident: Incident): Incident =>
    () =>
      away === null ? incident() : null;

  return {
    incidents: {
      'root-away': () => goAndReturn('missing'),
      'root-bare': () => goAndReturn('emptied'),
      'root-copied': whileThere(() => {
        // A copy has no part of what is mounted elsewhere.
        if (mountedAt !== null) return null;
        user.setRoot('copied');
        noticed();
        return 'a copy of the sync folder takes its place';
      }),
      'root-emptied': whileThere(() => {
        if (removed !== null) {
          putBack(removed);
          removed = null;
          return 'disk user copies back what she had removed';
        }
        removed = taken();
        removeAll();
        return removed.length === 0 ? null : 'disk user removes everything';
      }),
      'backup-restored': whileThere(() => {
        if (backup === null) {
          backup = taken();
          return null;
        }
        removeAll();
        putBack(backup);
        backup = null;
        return 'disk user restores a backup of the sync folder';
      }),
      'mount-away': whileThere(() => {
        if (mountedAt === null) {
          const path = pickPath('folder');
          if (path === null || [...user.tree().keys()].some((other) => other.startsWith(`${path}/`)))
            return null;
          user.mount(path, aDisk);
          mountedAt = path;
          return `a disk is mounted at ${path}`;
        }
        const point = user.mountPoint(aDisk);
        if (point === null) return null;
        mountedAt = point.path;
        if (point.isMounted) user.unmount(point.path);
        else user.mount(point.path, aDisk);
        return `the disk at ${point.path} is ${point.isMounted ? 'away' : 'back'}`;
      }),
      'link-in-the-way': whileThere(() => {
        const path = pickPath('file') ?? pickPath('folder');
        if (path === null || user.tree().has(`${path} moved`) || isMountedAt(path)) return null;
        user.rename(path, `${path} moved`);
        user.symlink(path, `${path} moved`);
        return `disk user moves ${path} aside and makes a link to it`;
      }),
    },
    end() {
      if (away !== null) comeBack();
      mountAgain();
    },
    get isFolderThere() {
      return away === null;
    },
  };

  function pickPath(kind: 'file' | 'folder'): string | null {
    const paths = [...user.tree()].filter(([, entry]) => entry.kind === kind).map(([path]) => path);
    return paths.length === 0 ? null : random.pick(paths);
  }

  function isMountedAt(path: string): boolean {
    const point = user.mountPoint(aDisk);
    return point?.isMounted === true && point.path === path;
  }

  /** Where its mount point was removed meanwhile, the user makes another, if nothing stands in the way. */
  function mountAgain(): void {
    if (mountedAt === null) return;
    const point = user.mountPoint(aDisk);
    if (point?.isMounted === true) return;
    const path = point?.path ?? mountedAt;
    if (point === null) {
      const folders = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
      const tree = user.tree();
      if (tree.has(path) || folders.some((folder) => (tree.get(folder)?.kind ?? 'folder') !== 'folder'))
        return;
      for (const folder of folders) if (!tree.has(folder)) user.makeFolder(folder);
    }
    user.mount(path, aDisk);
  }

  function taken(): Kept {
    return [...user.tree()].filter(([, { kind }]) => kind === 'file' || kind === 'folder');
  }

  function removeAll(): void {
    // From below, since a mount point stays where it is.
    for (const [path, { kind, bytes }] of [...user.tree()].toReversed()) {
      const isFull = [...user.tree().keys()].some((other) => other.startsWith(`${path}/`));
      if (isFull || isMountedAt(path)) continue;
      user.remove(path);
      if (kind === 'file') dismiss(bytes);
    }
  }

  /** Names that are taken meanwhile stay as they are. */
  function putBack(kept: Kept): void {
    for (const [path, { kind, bytes }] of kept) {
      const tree = user.tree();
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
      if (tree.has(path) || (folder !== '' && tree.get(folder)?.kind !== 'folder')) continue;
      if (kind === 'folder') user.makeFolder(path);
      else user.write(path, bytes);
    }
  }
}
