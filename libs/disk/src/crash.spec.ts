/** [I-15] Death before every single change of the file system, then a new process: nothing is lost, nothing is invented, and the work can be done again. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealedPath } from './sealed-path.ts';
import { dyingAfter } from './testing/dying-process.ts';
import type { FolderDisk } from './index.ts';
import type { TemporaryDisk } from './testing/temporary-disk.ts';

const { createTemporaryDisk, filesBelow, rowAt, scanned } = await import('./testing/temporary-disk.ts');

const keepAs = { prefix: 'x-kept-', suffix: '', from: 1 };
const remote = 'the version of the drive';

/** What a downloader does, from whatever an earlier attempt left. */
async function download(disk: FolderDisk, path: string, keep: boolean): Promise<void> {
  const staged = await disk.stage(`${path} v2`, remote.length);
  await staged.write(Buffer.from(remote.slice(staged.offset)));
  await staged.finish();
  const there = await disk.stat(path);
  await staged.place(path, { expected: there, keepAs: keep ? keepAs : null, modifiedAt: 1_600_000_000 });
}

const scenarios: Readonly<
  Record<string, { readonly run: (disk: FolderDisk) => Promise<void>; readonly wanted: readonly string[] }>
> = {
  'placing a new file': { run: (disk) => download(disk, 'new', false), wanted: ['new'] },
  'replacing a file': { run: (disk) => download(disk, 'x', false), wanted: ['x'] },
  'replacing a file that is kept': { run: (disk) => download(disk, 'x', true), wanted: ['x'] },
  'removing a file': {
    run: async (disk) => void (await disk.remove('x', 'file', await rowAt(disk, 'x'))),
    wanted: [],
  },
  'moving a file': {
    run: async (disk) => void (await disk.move('x', 'y', await rowAt(disk, 'x'))),
    wanted: [],
  },
};

for (const [name, { run, wanted }] of Object.entries(scenarios))
  for (const options of [{ exchange: 'auto' }, { exchange: 'never' }, { links: 'never' }] as const)
    test(`${name} (${JSON.stringify(options)})`, async () => {
      let deaths = 0;
      for (let calls = 0; ; calls++) {
        const temporary = await createTemporaryDisk(options);
        try {
          writeFileSync(join(temporary.root, 'x'), 'the local version');
          const died = await dyingAfter(calls, () => run(temporary.disk));
          await checkAfter(temporary, wanted, died ? run : null);
          if (!died) break;
          deaths++;
        } finally {
          await temporary.dispose();
        }
      }
      expect(deaths).toBeGreaterThan(0);
    });

async function checkAfter(
  temporary: TemporaryDisk,
  wanted: readonly string[],
  again: ((disk: FolderDisk) => Promise<void>) | null,
): Promise<void> {
  const { root, state } = temporary;
  const disk = await temporary.again();
  // The first use of the workspace puts in order what the dead process left.
  await (await disk.stage('something else', 0)).discard();
  const seen = filesBelow(root);
  const safe = [...seen.values(), ...valuesBelow(join(state, 'trash'))];
  expect(safe).toContain('the local version');
  for (const content of seen.values()) expect(['the local version', remote]).toContain(content);
  if (wanted.includes('x')) expect(seen.has('x')).toBe(true);
  // What has its name is known as what was placed, although nobody was told.
  for (const { name, stagedAs } of (await scanned(disk)).rows)
    if (seen.get(name) === remote) expect(stagedAs).toBe(`${name} v2`);
  expect(valuesBelow(join(state, 'staging')).filter((content) => content === 'the local version')).toEqual(
    [],
  );
  if (again === null) return;

  const [x, y] = [await disk.stat('x'), await disk.stat('y')];
  // A link without the unlink that follows it: both names are there, and the next look decides.
  if (x !== null && y !== null) return;
  if (wanted.length > 0 || x !== null) await again(disk);
  for (const path of wanted) expect(readFileSync(join(root, path), 'utf8')).toBe(remote);
  expect([...filesBelow(root).values(), ...valuesBelow(join(state, 'trash'))]).toContain('the local version');
  expect((await scanned(disk)).rows.every((row) => !row.id.includes('~'))).toBe(true);
}

function valuesBelow(folder: string): string[] {
  try {
    return [...filesBelow(folder).values()];
  } catch {
    return [];
  }
}

test('after a reboot only flushed bytes are trusted', async () => {
  await using temporary = await createTemporaryDisk();
  const staged = await temporary.disk.stage('key', 100);
  await staged.write(Buffer.from('0123456789'));
  expect((await (await temporary.again()).stage('key', 100)).offset).toBe(10);
  const incoming = [...filesBelow(join(temporary.state, 'staging')).keys()];
  const boot = incoming.find((path) => path.endsWith('/boot')) ?? '';
  const file = incoming.find((path) => /\/[0-9a-f]{40}$/.test(path)) ?? '';
  const rebooted = (): void => writeFileSync(join(temporary.state, 'staging', boot), 'an earlier boot');
  writeFileSync(join(temporary.state, 'staging', `${file}.flushed`), '4');
  rebooted();
  expect((await (await temporary.again()).stage('key', 100)).offset).toBe(4);
  writeFileSync(join(temporary.state, 'staging', `${file}.flushed`), '\0\0');
  rebooted();
  expect((await (await temporary.again()).stage('key', 100)).offset).toBe(0);
  rmSync(join(temporary.state, 'staging', `${file}.flushed`));
  rebooted();
  expect((await (await temporary.again()).stage('key', 100)).offset).toBe(0);
});

test.for([
  { left: sealedPath('folder/x '), there: 'folder/x ' },
  { left: sealedPath('folder/x ').slice(0, -3), there: null },
  { left: '\0'.repeat(20), there: null },
  { left: '', there: null },
])(
  'a displaced file goes back to the name that is noted, or to the trash when the note is spoiled: $left',
  async ({ left, there }) => {
    await using temporary = await createTemporaryDisk();
    const { disk, root, state } = temporary;
    mkdirSync(join(root, 'folder'));
    await (await disk.stage('key', 1)).discard();
    const [hold] = readdirSync(join(state, 'staging')).map((name) => join(state, 'staging', name, 'hold'));
    writeFileSync(join(hold ?? '', '1234.displaced'), 'of the user');
    writeFileSync(join(hold ?? '', '1234.path'), left);
    await (await (await temporary.again()).stage('another', 1)).discard();
    expect([...filesBelow(root).keys()]).toEqual(there === null ? [] : [there]);
    const inTrash = [...filesBelow(join(state, 'trash')).values()];
    expect(inTrash).toEqual(there === null ? ['of the user'] : []);
  },
);
