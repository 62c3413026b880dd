/** Death before each single change comes first: it must be imported before the library. */
import { dyingAfter } from '../testing/dying-process.ts';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FolderDisk, PruningOptions } from '../index.ts';
import type { TemporaryDisk } from '../testing/temporary-disk.ts';

const { createTemporaryDisk, filesBelow, rowAt } = await import('../testing/temporary-disk.ts');

const dayMs = 24 * 3600 * 1000;
const keepMs = 30 * dayMs;

/** What was recorded, by path in the trash. */
interface Pruning extends PruningOptions {
  readonly recorded: readonly string[];
}

function pruning(options: Partial<PruningOptions> = {}): Pruning {
  const recorded: string[] = [];
  return {
    ...{ keepMs, sizeMax: Infinity, forSpace: false, stepSize: 1000, underWay: () => [] },
    record: async (files) => void recorded.push(...files.map(({ trash }) => trash)),
    ...options,
    recorded,
  };
}

interface World extends AsyncDisposable {
  readonly temporary: TemporaryDisk;
  readonly disk: FolderDisk;
  readonly trash: string;
  /** Lets days pass with a look each. */
  readonly passDays: (days: number) => Promise<string[]>;
  /** Sets the clock by so many days. */
  readonly jump: (days: number) => void;
  /** Writes a file and removes it. @returns its path in the trash */
  readonly displace: (name: string) => Promise<string>;
  readonly inTrash: () => string[];
}

/** The files of the test are really new, so its clock begins a year ahead: the change time never stands in the way by itself. */
async function createWorld(aheadDays = 365): Promise<World> {
  let now = Date.now() + aheadDays * dayMs;
  const clock = { now: () => now, monotonic: () => performance.now(), sleep: async () => {} };
  const temporary = await createTemporaryDisk({ clock });
  const { disk, root, state } = temporary;
  const trash = join(state, 'trash');
  return {
    temporary,
    disk,
    trash,
    async passDays(days) {
      const gone: string[] = [];
      for (let day = 0; day < days; day++) {
        now += dayMs;
        const one = pruning();
        expect((await disk.pruneTrash(one)).files).toBe(one.recorded.length);
        gone.push(...one.recorded);
      }
      return gone;
    },
    jump: (days) => void (now += days * dayMs),
    async displace(name) {
      writeFileSync(join(root, name), `content of ${name}`);
      return (await disk.remove(name, 'file', await rowAt(disk, name))).trash ?? '';
    },
    inTrash: () => [...filesBelow(trash).keys()].filter((path) => !path.startsWith('.')),
    [Symbol.asyncDispose]: () => temporary.dispose(),
  };
}

test('a displaced file stays for its time and is then gone, with the folders around it', async () => {
  await using world = await createWorld();
  const { disk, trash, displace, passDays, inTrash } = world;
  const old = await displace('old');
  expect(await passDays(20)).toEqual([]);
  const young = await displace('young');
  expect(await passDays(10)).toEqual([]);
  expect(inTrash().toSorted()).toEqual([old, young].toSorted());
  expect(await passDays(1)).toEqual([old]);
  expect(inTrash()).toEqual([young]);
  expect(readdirSync(trash).filter((name) => !name.startsWith('.'))).toEqual([young.slice(0, 10)]);
  expect(await passDays(20)).toEqual([young]);
  expect(readdirSync(trash)).toEqual([]);
  expect(await disk.pruneTrash(pruning())).toEqual({ files: 0, sizeBytes: 0, left: 0, obstacle: null });
});

test('the time of the content counts for nothing: an old file is young in the trash', async () => {
  await using world = await createWorld();
  const { disk, temporary, displace, passDays } = world;
  writeFileSync(join(temporary.root, 'x'), 'from 1999');
  await disk.setModifiedAt('x', await rowAt(disk, 'x'), 915_148_800);
  await displace('y');
  await disk.remove('x', 'file', await rowAt(disk, 'x'));
  expect(await passDays(30)).toEqual([]);
});

test('a clock that is set to 2099 for one run takes nothing away, nor does the way back', async () => {
  await using world = await createWorld();
  const { displace, passDays, jump, inTrash } = world;
  await displace('x');
  await passDays(20);
  jump(26_000);
  expect(await passDays(1)).toEqual([]);
  jump(-26_000);
  expect(await passDays(1)).toEqual([]);
  expect(inTrash()).toHaveLength(1);
});

test('what comes into the folder of a day that is long over makes all of it young', async () => {
  await using world = await createWorld();
  const { displace, passDays, jump, inTrash } = world;
  await displace('first');
  await passDays(29);
  jump(-29);
  await displace('second');
  jump(29);
  expect(await passDays(29)).toEqual([]);
  expect(inTrash()).toHaveLength(2);
  expect(await passDays(2)).toHaveLength(2);
});

test('only what we put there goes: links, folders, names of others and files outside stay', async () => {
  await using world = await createWorld();
  const { temporary, trash, displace, passDays } = world;
  const day = (await displace('ours')).slice(0, 10);
  const outside = join(temporary.parent, 'outside');
  const operation = join(trash, day, '0123456789abcdef');
  mkdirSync(join(outside, '0123456789abcdef'), { recursive: true });
  writeFileSync(join(outside, '0123456789abcdef', 'precious'), 'precious');
  const stay = {
    'a link in place of a day': () => symlinkSync(outside, join(trash, '2001-01-01')),
    'a link in place of an operation': () =>
      symlinkSync(join(outside, '0123456789abcdef'), join(trash, day, 'aaaaaaaaaaaaaaaa')),
    'a link in place of the file': () => {
      mkdirSync(operation);
      symlinkSync(join(outside, '0123456789abcdef/precious'), join(operation, 'x'));
    },
    'two files of one operation': () => {
      mkdirSync(join(trash, day, 'bbbbbbbbbbbbbbbb'));
      writeFileSync(join(trash, day, 'bbbbbbbbbbbbbbbb', 'one'), '1');
      writeFileSync(join(trash, day, 'bbbbbbbbbbbbbbbb', 'two'), '2');
    },
    'a folder': () => mkdirSync(join(trash, day, 'cccccccccccccccc', 'folder'), { recursive: true }),
    'another name': () => {
      mkdirSync(join(trash, day, 'mine'));
      writeFileSync(join(trash, day, 'mine', 'x'), 'x');
    },
    'no day': () => {
      mkdirSync(join(trash, '2026-02-30', 'dddddddddddddddd'), { recursive: true });
      writeFileSync(join(trash, '2026-02-30', 'dddddddddddddddd', 'x'), 'x');
    },
    'a file in place of a day': () => writeFileSync(join(trash, '2001-01-02'), 'x'),
  };
  for (const plant of Object.values(stay)) plant();
  const before = readdirSync(trash, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !path.includes('.ages'),
  );
  const [gone, ...others] = await passDays(40);
  expect([gone?.endsWith('/ours'), others]).toEqual([true, []]);
  const ours = gone ?? '';
  const after = readdirSync(trash, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !path.includes('.ages'),
  );
  expect(after.toSorted()).toEqual(
    before.filter((path) => path !== ours && path !== ours.slice(0, ours.lastIndexOf('/'))).toSorted(),
  );
  expect(readFileSync(join(outside, '0123456789abcdef/precious'), 'utf8')).toBe('precious');
});

test('a file that somebody still writes to is not old, whatever its day is', async () => {
  await using world = await createWorld(-40);
  const { trash, displace, passDays, inTrash } = world;
  const path = await displace('x');
  appendFileSync(join(trash, path), 'saved late, by the clock of the kernel in forty days');
  expect(await passDays(65)).toEqual([]);
  expect(inTrash()).toEqual([path]);
  expect(await passDays(10)).toEqual([path]);
});

test('it goes in steps, each recorded before it, and a run that ends in between makes the rest no younger', async () => {
  await using world = await createWorld();
  const { disk, displace, passDays, inTrash } = world;
  for (let index = 0; index < 5; index++) await displace(`file ${index}`);
  await passDays(30);
  world.jump(1);
  const ending = new AbortController();
  ending.abort();
  const none = pruning({ signal: ending.signal });
  expect((await disk.pruneTrash(none)).files).toBe(0);
  expect(none.recorded).toEqual([]);
  const steps: number[] = [];
  const refused = pruning({
    stepSize: 2,
    async record(files) {
      steps.push(files.length, inTrash().length);
      if (steps.length === 4) throw new Error('the run is over');
    },
  });
  await expect(disk.pruneTrash(refused)).rejects.toThrow('the run is over');
  expect(steps).toEqual([2, 5, 2, 3]);
  expect(inTrash()).toHaveLength(3);
  expect((await disk.pruneTrash(pruning())).files).toBe(3);
  expect(inTrash()).toEqual([]);
});

test('what comes into the trash while it is pruned stays, also into a day that is next', async () => {
  await using world = await createWorld();
  const { disk, trash, displace, passDays, jump, inTrash } = world;
  const days: string[] = [];
  for (let day = 0; day < 2; day++) {
    days.push((await displace(`file ${day}`)).slice(0, 10));
    jump(1);
  }
  await passDays(29);
  jump(3);
  const operations = days.map((day) => `${day}/eeeeeeeeeeeeeeee`);
  const comesIn = async (): Promise<void> => {
    for (const operation of operations.splice(0)) {
      mkdirSync(join(trash, operation));
      writeFileSync(join(trash, operation, 'new'), 'new');
    }
  };
  // The time that was seen to pass is no longer that of these folders, so what is overdue in them stays as well.
  expect((await disk.pruneTrash(pruning({ record: comesIn }))).files).toBe(0);
  expect(inTrash().filter((path) => path.endsWith('/new'))).toHaveLength(2);
  expect((await passDays(29)).filter((path) => path.endsWith('/new'))).toEqual([]);
});

test('a record that is damaged, lost or from another trash makes everything young', async () => {
  await using world = await createWorld();
  const { trash, displace, passDays } = world;
  await displace('x');
  await passDays(29);
  writeFileSync(join(trash, '.ages'), readFileSync(join(trash, '.ages'), 'utf8').slice(0, -5));
  expect(await passDays(29)).toEqual([]);
  const [day] = readdirSync(trash).filter((name) => !name.startsWith('.'));
  renameSync(join(trash, day ?? ''), join(trash, 'moved'));
  mkdirSync(join(trash, day ?? ''));
  for (const operation of readdirSync(join(trash, 'moved')))
    renameSync(join(trash, 'moved', operation), join(trash, day ?? '', operation));
  expect(await passDays(5)).toEqual([]);
});

test('nobody has a trash made by looking for one', async () => {
  await using world = await createWorld();
  expect(await world.passDays(1)).toEqual([]);
  expect(existsSync(world.trash)).toBe(false);
});

test('[I-15] death before each single change: what is left is never older than it was', async () => {
  let deaths = 0;
  for (let calls = 0; ; calls++) {
    const world = await createWorld();
    try {
      const { temporary, disk, displace, passDays, inTrash, jump } = world;
      await displace('one');
      await displace('two');
      await passDays(15);
      const young = await displace('young');
      await passDays(15);
      jump(1);
      const died = await dyingAfter(calls, async () => void (await disk.pruneTrash(pruning())));
      expect(inTrash()).toContain(young);
      const again = await temporary.again();
      await again.pruneTrash(pruning());
      expect(inTrash()).toContain(young);
      for (let day = 0; day < 31; day++) {
        jump(1);
        await again.pruneTrash(pruning());
      }
      expect(inTrash()).toEqual([]);
      if (!died) break;
      deaths++;
    } finally {
      await world.temporary.dispose();
    }
  }
  expect(deaths).toBeGreaterThan(2);
});
