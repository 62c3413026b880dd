/** Two users, one at the folder and one at another device of the drive. They do what users do, whenever they like. */
import type {
  DriveUser,
  SeededRandom,
  SimulatedDisk,
  SimulatedDriveUser,
  SimulatedUser,
} from '@tidemark/testkit';
import { contentOf, type Ledger } from './ledger.ts';

export interface Users {
  /** One of them does something. Says what, in words. */
  act(): string;
}

export interface UsersOptions {
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly disk: SimulatedUser;
  readonly drive: SimulatedDriveUser;
  readonly seconds: () => number;
  /** Without it there is nothing to do at the disk. */
  readonly isFolderThere: () => boolean;
  /** Is it to be synced, as the user at the disk wants it now? */
  readonly isInScope: (path: string, kind: string) => boolean;
}

export function createUsers(options: UsersOptions): Users {
  const { random, ledger, disk, drive, seconds } = options;
  const atDisk = createPerson({
    where: 'disk',
    random: random.fork('disk'),
    ledger,
    seconds,
    tree: () => disk.tree(),
    write: (path, bytes, how) => (how === 'inPlace' ? disk.write(path, bytes) : disk.replace(path, bytes)),
    makeFolder: (path) => disk.makeFolder(path),
    move: (path, toPath) => disk.rename(path, toPath),
    remove: (path) => disk.remove(path),
    setModifiedAt: (path, at) => disk.setModifiedAt(path, at),
    deletesEverywhere: (path, { kind, bytes }) => options.isInScope(path, kind) || !isOnDrive(path, bytes),
    replacesOnMove: true,
    foldsCase: false,
    odd: [
      ['makes a symbolic link', (path) => disk.symlink(path, 'elsewhere')],
      ['closes', (path) => disk.setUnreadable(path, true)],
      ['opens', (path) => disk.setUnreadable(path, false)],
    ],
    oddNames: ['con', 'x:y', 'end.'],
  });
  const atDrive = createPerson({
    where: 'drive',
    random: random.fork('drive'),
    ledger,
    seconds,
    tree: () => drive.tree(),
    write: (path, bytes) => drive.write(path, bytes),
    makeFolder: (path) => drive.makeFolder(path),
    move: (path, toPath) => drive.move(path, toPath),
    remove: (path) => drive.remove(path),
    setModifiedAt: (path, at) => drive.setModifiedAt(path, at),
    deletesEverywhere: () => true,
    replacesOnMove: false,
    foldsCase: true,
    odd: [
      ['makes a notebook', (path) => drive.makeNotebook(path)],
      ['touches the tag of', (path) => drive.bumpTag(path)],
    ],
    oddNames: [],
  });
  return { act: () => (random.happens(0.5) && options.isFolderThere() ? atDisk() : atDrive()) };

  /** Does the drive have this content under that path, or under one that is no other file of the disk? */
  function isOnDrive(path: string, content: Uint8Array): boolean {
    const onDisk = disk.tree();
    return [...drive.tree()].some(
      ([other, { kind, bytes }]) =>
        kind === 'file' &&
        (other === path || onDisk.get(other)?.kind !== 'file') &&
        contentOf(bytes) === contentOf(content),
    );
  }
}

type Entry = { readonly kind: string; readonly bytes: Uint8Array };

interface Hands extends Pick<DriveUser, 'makeFolder' | 'move' | 'remove' | 'setModifiedAt'> {
  readonly where: 'disk' | 'drive';
  readonly random: SeededRandom;
  readonly ledger: Ledger;
  readonly seconds: () => number;
  tree(): ReadonlyMap<string, Entry>;
  write(path: string, bytes: Uint8Array, how: 'inPlace' | 'anew'): void;
  /** What is out of scope is deleted here only: the drive's copy, if there is one, is still wanted. */
  deletesEverywhere(path: string, entry: Entry): boolean;
  /** A file that holds the new name is replaced. */
  readonly replacesOnMove: boolean;
  readonly foldsCase: boolean;
  readonly odd: readonly (readonly [string, (path: string) => void])[];
  readonly oddNames: readonly string[];
}

const names = ['a', 'b', 'A', 'c.txt', 'd.docx'];

function createPerson(hands: Hands): () => string {
  const { where, random, ledger, seconds } = hands;

  return () => {
    const tree = hands.tree();
    const paths = [...tree.keys()];
    const said = draw(tree, paths);
    return `${where} user ${said}`;
  };

  function draw(tree: ReadonlyMap<string, Entry>, paths: readonly string[]): string {
    const name =
      random.happens(0.03) && hands.oddNames.length > 0 ? random.pick(hands.oddNames) : random.pick(names);
    const folder = folderIn(tree);
    const target = folder === '' ? name : `${folder}/${name}`;
    const path = paths.length === 0 ? target : random.pick(paths);
    switch (random.below(16)) {
      case 0:
      case 1:
      case 2:
        return save(tree, target);
      case 3:
      case 4:
        return tree.get(path)?.kind === 'file' ? save(tree, path) : save(tree, target);
      case 5:
      case 6:
        return attempt(`makes the folder ${target}`, () => hands.makeFolder(target));
      case 7:
      case 8:
      case 9:
        return move(tree, path, target);
      case 10:
        return move(tree, path, sibling(path, name));
      case 11:
        return move(tree, path, sibling(path, swappedCase(path.slice(path.lastIndexOf('/') + 1))));
      case 12:
        return swap(path, paths.length === 0 ? target : random.pick(paths));
      case 13:
        return attempt(`deletes ${path}`, () => {
          const gone = contentsBelow(tree, path);
          hands.remove(path);
          gone.forEach(ledger.dismiss);
        });
      case 14: {
        const at = seconds() + random.below(7) - 3;
        return attempt(`sets the time of ${path} to ${at}`, () => hands.setModifiedAt(path, at));
      }
      default: {
        if (!random.happens(0.4)) return save(tree, path);
        const [what, work] = random.pick(hands.odd);
        const at = what.startsWith('makes') ? target : path;
        return attempt(`${what} ${at}`, () => work(at));
      }
    }
  }

  function save(tree: ReadonlyMap<string, Entry>, path: string): string {
    const [exact, there] = holderOf(tree, path);
    if (there !== undefined && there.kind !== 'file') return `looks at ${exact}`;
    const kind = random.below(10);
    const bytes =
      kind === 0 ? new Uint8Array(0) : kind === 1 ? ledger.again(random.below(50)) : ledger.next();
    const how = random.happens(0.5) ? 'inPlace' : 'anew';
    const text = new TextDecoder().decode(bytes);
    return attempt(
      `saves ${path} = "${text}" ${how}`,
      () => {
        hands.write(path, bytes, how);
        ledger.borrow(path);
        if (there !== undefined && text !== new TextDecoder().decode(there.bytes))
          ledger.dismiss(there.bytes);
      },
      () => {
        if (kind > 1) ledger.dismiss(bytes);
      },
    );
  }

  function move(tree: ReadonlyMap<string, Entry>, path: string, toPath: string): string {
    const [exact, there] = holderOf(tree, toPath);
    const moved = tree.get(path);
    return attempt(`moves ${path} to ${toPath}`, () => {
      hands.move(path, toPath);
      ledger.borrow(toPath);
      if (hands.replacesOnMove && exact !== path && there?.kind === 'file' && moved !== undefined)
        ledger.dismiss(there.bytes);
    });
  }

  function swap(one: string, other: string): string {
    return attempt(`swaps ${one} and ${other}`, () => {
      if (one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`))
        throw new Error('not two');
      const between = `${one}.swap`;
      if (hands.tree().has(between)) throw new Error('the name in between is taken');
      hands.move(one, between);
      hands.move(other, one);
      hands.move(between, other);
      ledger.borrow(one);
      ledger.borrow(other);
    });
  }

  function folderIn(tree: ReadonlyMap<string, Entry>): string {
    const folders = [...tree].filter(([, { kind }]) => kind === 'folder').map(([path]) => path);
    return random.pick(['', ...folders]);
  }

  function holderOf(tree: ReadonlyMap<string, Entry>, path: string): readonly [string, Entry | undefined] {
    const exact = tree.get(path);
    if (exact !== undefined || !hands.foldsCase) return [path, exact];
    for (const [other, entry] of tree) if (other.toLowerCase() === path.toLowerCase()) return [other, entry];
    return [path, undefined];
  }

  function contentsBelow(tree: ReadonlyMap<string, Entry>, path: string): Uint8Array[] {
    return [...tree]
      .filter(
        ([other, entry]) =>
          entry.kind === 'file' &&
          (other === path || other.startsWith(`${path}/`)) &&
          hands.deletesEverywhere(other, entry),
      )
      .map(([, { bytes }]) => bytes);
  }
}

/** Users get errors too, and go on. */
function attempt(what: string, work: () => void, otherwise: () => void = () => undefined): string {
  try {
    work();
    return what;
  } catch (error) {
    otherwise();
    return `cannot: ${what}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function sibling(path: string, name: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? name : `${path.slice(0, slash)}/${name}`;
}

function swappedCase(name: string): string {
  return name === name.toLowerCase() ? name.toUpperCase() : name.toLowerCase();
}

/** All that the user had closed, where they can be reached. */
export function openFolders({ user }: SimulatedDisk): void {
  for (const [path, { kind }] of user.tree()) if (kind === 'folder') user.setUnreadable(path, false);
}
