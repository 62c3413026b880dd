/** What a client does to a folder, one scenario each, and what may be relied on meanwhile. */
import type { FolderDisk } from '@tidemark/disk';
import { createQuickXorHash } from '@tidemark/quickxor';

/** What a file system may lack; each step is then taken another way. */
export const ways = {
  '': {},
  'no exchange of names': { exchange: 'never' },
  'no links': { links: 'never' },
} as const;
export type Way = keyof typeof ways;

/**
 * What is at a path: a content, or null for nothing. The path of a folder ends with a slash, and its content is empty. Undecided
 * while work on the path is under way.
 */
export type Promised = Readonly<Record<string, string | null | typeof undecided>>;
const undecided = Symbol('undecided');

export interface DiskScenario {
  readonly name: string;
  /** What the user saved before. */
  readonly saved: Readonly<Record<string, string>>;
  /** What the user saves before the work begins, by a program that flushes nothing; not again before the work is repeated. */
  readonly saves?: Readonly<Record<string, string>>;
  /** What the drive has to offer. */
  readonly offered?: readonly string[];
  /** On which file systems it goes another way. */
  readonly ways: readonly Way[];
  /** Nothing of ours is there yet: no staging, no trash. */
  readonly isFirstUse?: boolean;
  /** Below the folder of the scenario. */
  readonly recycleBin?: string;
  /** Work that a client would do, from whatever it finds. Tells what it is about to change, and what it was told is done. */
  readonly run: (disk: FolderDisk, told: (promised: Promised) => void) => Promise<void>;
  /** What is there in the end, however often the power was cut on the way. */
  readonly end: Promised;
  /** The same in words, with what is there before the end. */
  readonly outcome: string;
}

const remote = 'the version of the drive';
const local = 'the version of the user';
const keepAs = { prefix: 'x-kept-', suffix: '', from: 1 };

async function download(
  disk: FolderDisk,
  path: string,
  { keep = false, chunkBytes = remote.length } = {},
): Promise<void> {
  const bytes = Buffer.from(remote);
  const hashing = createQuickXorHash();
  hashing.update(bytes);
  const hash = hashing.digest();
  const there = await disk.stat(path);
  if (there !== null && (await disk.hash(path, there)).hash === hash) return;
  const staged = await disk.stage(`${path} ${hash}`, bytes.length);
  for (let at = staged.offset; at < bytes.length; at += chunkBytes)
    await staged.write(bytes.subarray(at, at + chunkBytes));
  if ((await staged.finish()).hash !== hash) {
    await staged.restart();
    await staged.write(bytes);
    await staged.finish();
  }
  await staged.place(path, { expected: there, keepAs: keep ? keepAs : null, modifiedAt: 1_600_000_000 });
}

async function remove(disk: FolderDisk, path: string, kind: 'file' | 'folder' = 'file'): Promise<void> {
  const there = await disk.stat(path);
  if (there !== null) await disk.remove(path, kind, there);
}

/** Both names are there after a cut between link and unlink; the next scan tells, and nothing is done here. */
async function move(disk: FolderDisk, path: string, toPath: string): Promise<void> {
  const [there, target] = [await disk.stat(path), await disk.stat(toPath)];
  if (there !== null && target === null) await disk.move(path, toPath, there);
}

export const diskScenarios: readonly DiskScenario[] = [
  {
    name: 'the first file of all comes',
    ways: [''],
    isFirstUse: true,
    saved: { other: 'of the user' },
    offered: [remote],
    async run(disk, told) {
      told({ new: undecided });
      await download(disk, 'new');
      told({ new: remote });
    },
    end: { new: remote },
    outcome: 'no file, or the whole one; the next run brings it',
  },
  {
    name: 'a new file comes in pieces',
    ways: ['', 'no exchange of names'],
    saved: { other: 'of the user' },
    offered: [remote],
    async run(disk) {
      await download(disk, 'new', { chunkBytes: 9 });
    },
    end: { new: remote },
    outcome: 'no file, or the whole one; only flushed bytes of an attempt are used again',
  },
  {
    name: 'a file is replaced',
    ways: ['', 'no exchange of names'],
    saved: { x: local },
    offered: [remote],
    async run(disk, told) {
      told({ x: undecided });
      await download(disk, 'x');
      told({ x: remote });
    },
    end: { x: remote },
    outcome: 'the old version under its name or in the trash; the new one whole',
  },
  {
    name: 'a conflict: the local version is kept beside',
    ways: ['', 'no exchange of names', 'no links'],
    saved: { x: local },
    offered: [remote],
    async run(disk, told) {
      told({ x: undecided });
      await download(disk, 'x', { keep: true });
      told({ x: remote, 'x-kept-0001': local });
    },
    end: { x: remote, 'x-kept-0001': local },
    outcome: 'the local version under its name, beside it or in the trash; in the end beside it',
  },
  {
    name: 'a file that was just saved goes up',
    ways: [''],
    saved: { 'folder/other': 'of the user' },
    saves: { 'folder/new/x': local },
    async run(disk, told) {
      const there = await disk.stat('folder/new/x');
      if (there === null) return;
      const source = await disk.read('folder/new/x', there);
      for await (const bytes of source.open(0)) if (bytes.length === 0) return;
      await source.finish();
      told({ 'folder/new/x': local });
    },
    end: {},
    outcome: 'once it is up it is there, whole; before, what the program of the user left',
  },
  {
    name: 'a file is removed',
    ways: [''],
    saved: { x: local, other: 'of the user' },
    async run(disk, told) {
      told({ x: undecided });
      await remove(disk, 'x');
      told({ x: null });
    },
    end: { x: null, other: 'of the user' },
    outcome: 'the file under its name or in the trash',
  },
  {
    name: 'a file is removed into the recycle bin of the desktop',
    ways: ['', 'no exchange of names'],
    saved: { x: local },
    recycleBin: 'bin',
    async run(disk, told) {
      told({ x: undecided });
      await remove(disk, 'x');
      told({ x: null });
    },
    end: { x: null },
    outcome: 'the file under its name, in the bin or in the trash',
  },
  {
    name: 'a folder is removed with what is in it',
    ways: [''],
    saved: { 'folder/x': local, 'folder/y': 'of the user' },
    async run(disk, told) {
      told({ 'folder/x': undecided, 'folder/y': undecided, 'folder/': undecided });
      for (const name of ['x', 'y'])
        if ((await disk.stat('folder')) !== null) await remove(disk, `folder/${name}`);
      told({ 'folder/x': null, 'folder/y': null });
      await remove(disk, 'folder', 'folder');
      told({ 'folder/': null });
    },
    end: { 'folder/': null },
    outcome: 'each file under its name or in the trash; the folder goes last',
  },
  {
    name: 'a folder comes with a file in it',
    ways: [''],
    saved: {},
    offered: [remote],
    async run(disk, told) {
      await disk.createFolder('folder');
      told({ 'folder/': '' });
      await download(disk, 'folder/x');
      told({ 'folder/x': remote });
    },
    end: { 'folder/x': remote },
    outcome: 'the folder with no file, or with the whole one',
  },
  {
    name: 'a file is moved',
    ways: ['', 'no exchange of names'],
    saved: { 'from/x': local, 'to/other': 'of the user' },
    async run(disk, told) {
      told({ 'from/x': undecided });
      await move(disk, 'from/x', 'to/x');
      told({ 'from/x': null, 'to/x': local });
    },
    end: { 'to/x': local },
    outcome: 'the file under the old name or the new one, or both',
  },
  {
    name: 'a folder is moved, and a file in it is replaced',
    ways: [''],
    saved: { 'from/x': local },
    offered: [remote],
    async run(disk, told) {
      told({ 'from/x': undecided });
      await move(disk, 'from', 'to');
      told({ 'from/': null, 'to/x': undecided });
      await download(disk, 'to/x');
      told({ 'to/x': remote });
    },
    end: { 'from/': null, 'to/x': remote },
    outcome: 'the old version under its name or in the trash; the new one whole',
  },
];
