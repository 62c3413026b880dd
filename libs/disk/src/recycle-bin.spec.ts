import { dyingAfter } from './testing/dying-process.ts';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assert, integer, property, string } from 'fast-check';
import { placeName } from './recycle-bin.ts';
import type { TemporaryDisk } from './testing/temporary-disk.ts';

const { codeOf, createTemporaryDisk, filesBelow, rowAt } = await import('./testing/temporary-disk.ts');

const below = (folder: string): [string, string][] => (existsSync(folder) ? [...filesBelow(folder)] : []);

interface World extends AsyncDisposable {
  readonly temporary: TemporaryDisk;
  readonly bin: string;
  readonly at: (path: string) => string;
  /** Writes a file and removes it. @returns where it is now */
  readonly recycle: (path: string, content?: string) => Promise<string>;
  readonly inBin: () => string[];
}

const places = ['on the same file system', 'on another file system'] as const;

async function createWorld(place: (typeof places)[number]): Promise<World> {
  const [here, elsewhere] = [tmpdir(), '/dev/shm'];
  if (statSync(here).dev === statSync(elsewhere).dev)
    throw new Error(`This test needs two file systems, at ${here} and ${elsewhere}`);
  const above = mkdtempSync(join(place === 'on another file system' ? elsewhere : here, 'tidemark-bin-'));
  const bin = join(above, 'Trash');
  const clock = {
    now: () => new Date(2026, 10, 28, 6, 59, 5).getTime(),
    monotonic: () => 0,
    sleep: async () => {},
  };
  const temporary = await createTemporaryDisk({ recycleBin: bin, clock });
  const at = (path: string): string => join(temporary.root, path);
  return {
    ...{ temporary, bin, at },
    async recycle(path, content = `content of ${path}`) {
      writeFileSync(at(path), content);
      return (await temporary.disk.remove(path, 'file', await rowAt(temporary.disk, path))).trash ?? '';
    },
    inBin: () =>
      below(bin)
        .map(([path]) => path)
        .toSorted(),
    async [Symbol.asyncDispose]() {
      await temporary.dispose();
      rmSync(above, { recursive: true });
    },
  };
}

for (const place of places) {
  test(`${place}: a file lies in the bin as file managers expect it`, async () => {
    await using world = await createWorld(place);
    const { temporary, bin, at, recycle } = world;
    mkdirSync(at('Über uns'));
    writeFileSync(at('Über uns/50 % (neu)#1?.txt'), 'x');
    chmodSync(at('Über uns/50 % (neu)#1?.txt'), 0o640);
    utimesSync(at('Über uns/50 % (neu)#1?.txt'), 1_600_000_000, 1_600_000_000);
    const path = 'Über uns/50 % (neu)#1?.txt';
    const { trash } = await temporary.disk.remove(path, 'file', await rowAt(temporary.disk, path));
    expect(trash).toBe(join(bin, 'files/50 % (neu)#1?.txt'));
    const stats = statSync(trash ?? '');
    expect([stats.mode & 0o777, stats.mtimeMs]).toEqual([0o640, 1_600_000_000_000]);
    expect(readFileSync(join(bin, 'info/50 % (neu)#1?.txt.trashinfo'), 'utf8')).toBe(
      `[Trash Info]\nPath=${temporary.root}/%C3%9Cber%20uns/50%20%25%20(neu)%231%3F.txt\nDeletionDate=2026-11-28T06:59:05\n`,
    );
    for (const folder of [bin, join(bin, 'files'), join(bin, 'info')])
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await recycle('plain')).toBe(join(bin, 'files/plain'));
    const left = below(temporary.state).filter(([name]) => !name.endsWith('/boot'));
    expect(left, 'something is left in our own places').toEqual([]);
  });

  test(`${place}: names that are taken get a number, whichever half of them is there`, async () => {
    await using world = await createWorld(place);
    const { bin, recycle, inBin } = world;
    for (let index = 0; index < 3; index++) await recycle('collision.data', `content ${index}`);
    await recycle('extensionless');
    await recycle('extensionless');
    await recycle('.hidden');
    await recycle('.hidden');
    unlinkSync(join(bin, 'info/collision.data.trashinfo'));
    unlinkSync(join(bin, 'files/collision.2.data'));
    symlinkSync('/nowhere', join(bin, 'files/collision.4.data'));
    await recycle('collision.data', 'last');
    unlinkSync(join(bin, 'files/collision.4.data'));
    expect(inBin()).toEqual(
      [
        ...['collision.data', 'collision.3.data', 'collision.5.data', 'extensionless', 'extensionless.2'],
        ...['.hidden', '.hidden.2'],
      ]
        .map((name) => `files/${name}`)
        .concat(
          ['collision.2.data', 'collision.3.data', 'collision.5.data', 'extensionless', 'extensionless.2']
            .concat(['.hidden', '.hidden.2'])
            .map((name) => `info/${name}.trashinfo`),
        )
        .toSorted(),
    );
    expect(readFileSync(join(bin, 'files/collision.data'), 'utf8')).toBe('content 0');
    expect(readFileSync(join(bin, 'files/collision.5.data'), 'utf8')).toBe('last');
  });

  test(`${place}: a bin that cannot be used refuses in words, and the file stays`, async () => {
    await using world = await createWorld(place);
    const { temporary, bin, at, inBin } = world;
    writeFileSync(at('x'), 'x');
    const attempt = async (): Promise<unknown> =>
      temporary.disk.remove('x', 'file', await rowAt(temporary.disk, 'x'));
    const refused = `Cannot delete "x": the recycle bin "${bin}" cannot be used`;
    writeFileSync(bin, 'a file');
    await expect(attempt()).rejects.toThrow(`${refused} (EEXIST)`);
    unlinkSync(bin);
    mkdirSync(bin);
    symlinkSync(tmpdir(), join(bin, 'files'));
    await expect(attempt()).rejects.toThrow(refused);
    rmSync(bin, { recursive: true });
    symlinkSync(at('.'), bin);
    await expect(attempt()).rejects.toThrow(`the recycle bin "${bin}" is in the sync folder`);
    expect(readFileSync(at('x'), 'utf8')).toBe('x');
    unlinkSync(bin);
    expect(inBin()).toEqual([]);
  });

  test(`${place}: a file that changed stays, and leaves nothing in the bin`, async () => {
    await using world = await createWorld(place);
    const { temporary, at, inBin } = world;
    writeFileSync(at('x'), 'old');
    const row = await rowAt(temporary.disk, 'x');
    // The information is being made durable while somebody saves.
    const removing = temporary.disk.remove('x', 'file', row);
    writeFileSync(at('x'), 'new and longer');
    expect(await codeOf(removing)).toBe('changedMeanwhile');
    expect(readFileSync(at('x'), 'utf8')).toBe('new and longer');
    expect(inBin()).toEqual([]);
  });

  test(`${place}: other names of a file stay what they are`, async () => {
    await using world = await createWorld(place);
    const { temporary, at, bin } = world;
    writeFileSync(at('x'), 'content');
    linkSync(at('x'), at('y'));
    await temporary.disk.remove('x', 'file', await rowAt(temporary.disk, 'x'));
    expect(readFileSync(at('y'), 'utf8')).toBe('content');
    expect(readFileSync(join(bin, 'files/x'), 'utf8')).toBe('content');
    expect(lstatSync(at('y')).isFile()).toBe(true);
  });

  test(`[I-15] ${place}: death before each single change loses nothing`, async () => {
    let deaths = 0;
    for (let calls = 0; ; calls++) {
      await using world = await createWorld(place);
      const { temporary, bin, at } = world;
      writeFileSync(at('x'), 'the only version');
      const row = await rowAt(temporary.disk, 'x');
      const died = await dyingAfter(calls, async () => void (await temporary.disk.remove('x', 'file', row)));
      const disk = await temporary.again();
      // The first use of the workspace puts in order what the dead process left.
      await (await disk.stage('something else', 0)).discard();
      const left = await disk.stat('x');
      const safe = [temporary.root, join(bin, 'files'), join(temporary.state, 'trash')].flatMap(below);
      expect(safe.map(([, content]) => content)).toContain('the only version');
      if (left !== null) await disk.remove('x', 'file', left);
      expect(existsSync(at('x'))).toBe(false);
      const kept = [join(bin, 'files'), join(temporary.state, 'trash')].flatMap(below);
      expect(kept.map(([, content]) => content)).toContain('the only version');
      if (!died) break;
      deaths++;
    }
    expect(deaths).toBeGreaterThan(3);
  });
}

test('a file that is saved after it was copied stays, and its copy goes', async () => {
  await using world = await createWorld('on another file system');
  const { temporary, bin, at, inBin } = world;
  // So large that reading the copy takes a while.
  const sizeBytes = 16 * 1024 * 1024;
  writeFileSync(at('x'), Buffer.alloc(sizeBytes, 'old'));
  let isOver = false;
  const removing = codeOf(temporary.disk.remove('x', 'file', await rowAt(temporary.disk, 'x'))).finally(
    () => (isOver = true),
  );
  const isCopied = (): boolean =>
    statSync(join(bin, 'files/x'), { throwIfNoEntry: false })?.size === sizeBytes;
  while (!isOver && !isCopied()) await new Promise((resolve) => setImmediate(resolve));
  expect(isOver, 'the copy was not seen').toBe(false);
  writeFileSync(at('x'), 'saved late');
  expect(await removing).toBe('changedMeanwhile');
  expect(readFileSync(at('x'), 'utf8')).toBe('saved late');
  expect(inBin()).toEqual([]);
});

test.each([
  ['x'.repeat(255), `${'x'.repeat(243)}.7`],
  [`${'é'.repeat(125)}.txt`, `${'é'.repeat(119)}.7.txt`],
  [`${'𝄞'.repeat(62)}.txt`, `${'𝄞'.repeat(59)}.7.txt`],
])('what is too long for the bin is cut before the suffix, between two characters: %s', (name, place) =>
  expect(placeName(name, 7)).toBe(place),
);

test('[property] every name has a place whose information fits, and no two numbers have the same', () => {
  assert(
    property(
      string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
      integer({ min: 1, max: 9999 }),
      (name, number) => {
        const place = placeName(name, number);
        expect(Buffer.byteLength(place) + '.trashinfo'.length).toBeLessThanOrEqual(255);
        expect(place.isWellFormed() || !name.isWellFormed()).toBe(true);
        expect(placeName(name, number + 1)).not.toBe(place);
        for (const long of ['x'.repeat(255), `${'ä'.repeat(120)}.txt`])
          expect(Buffer.byteLength(placeName(long, number))).toBeLessThanOrEqual(245);
        if (Buffer.byteLength(name) < 230) expect(placeName(name, 1)).toBe(name);
      },
    ),
  );
});
