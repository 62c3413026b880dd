/** The operating system says no. Needs root for mounts; without it the tests say so and fail. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '@tidemark/contracts';
import { asNew, codeOf, createTemporaryDisk, rowAt, scanned, stagedWith } from './testing/temporary-disk.ts';

const nobody = 65534;

/** Mounts a small file system, runs the work and takes it away again. */
async function mounted(folder: string, work: () => Promise<void>, options = 'size=8m'): Promise<void> {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts a file system: run it as root');
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  try {
    await work();
  } finally {
    execFileSync('umount', ['--lazy', folder]);
  }
}

async function asNobody(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) throw new Error('This test changes its user: run it as root');
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a full disk leaves the old file as it is, and goes on when there is space (F06)', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    const disk = await temporary.again({ root, stateFolder: join(temporary.parent, 'elsewhere') });
    await disk.root({ mark: true });
    const old = await (await stagedWith(disk, 'old', 'old')).place('x', asNew);
    const megabyte = new Uint8Array(1024 * 1024);
    expect(await codeOf(disk.stage('announced', 9 * megabyte.length))).toBe('diskFull');
    const staged = await disk.stage('larger than it said', 1);
    let written = 0;
    const fill = async (): Promise<void> => {
      for (; written < 10; written++) await staged.write(megabyte);
    };
    expect(await codeOf(fill())).toBe('diskFull');
    expect(written).toBeGreaterThan(3);
    // The piece that did not fit has given its room back, so that another download may have it.
    const another = await disk.stage('fits now', 200_000);
    await another.write(Buffer.alloc(200_000));
    expect(await rowAt(disk, 'x')).toMatchObject({ id: old.row.id, stamp: old.row.stamp });
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('old');
    expect((await scanned(disk)).rows).toHaveLength(1);
    await staged.discard();
    await another.restart();
    await another.write(Buffer.from('again'));
    await another.place('x', { expected: old.row, keepAs: null, modifiedAt: 1 });
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('again');
    await disk.close();
  });
});

test('two downloads that fit one at a time are not let in together', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    const disk = await temporary.again({ root, reservedBytes: 0 });
    await disk.root({ mark: true });
    const first = await disk.stage('first', 5 * 1024 * 1024);
    expect(await codeOf(disk.stage('second', 5 * 1024 * 1024))).toBe('diskFull');
    await first.discard();
    expect(await codeOf(disk.stage('second', 5 * 1024 * 1024))).toBe('ok');
    await disk.close();
  });
});

test('a download leaves the reserved space free', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    const disk = await temporary.again({ root, reservedBytes: 7 * 1024 * 1024 });
    await disk.root({ mark: true });
    expect(await codeOf(disk.stage('fits', 100_000))).toBe('ok');
    expect(await codeOf(disk.stage('does not fit', 2 * 1024 * 1024))).toBe('diskFull');
    await disk.close();
  });
});

test('what grows beyond its announced size leaves the reserved space free as well', async () => {
  await using temporary = await createTemporaryDisk();
  const disk = await temporary.again({ reservedBytes: 2 ** 50 });
  await disk.root({ mark: true });
  const staged = await disk.stage('grows', 0);
  const writing = (async () => staged.write(Buffer.alloc(33 * 1024 * 1024)))();
  await expect(writing).rejects.toMatchObject({ code: 'diskFull' });
  expect((await disk.stage('grows', 0)).offset).toBe(0);
  await disk.close();
});

test('a recycle bin without space refuses, and the file stays where it was', async () => {
  await using temporary = await createTemporaryDisk();
  const recycleBin = join(temporary.parent, 'bin');
  await mounted(recycleBin, async () => {
    const disk = await temporary.again({ recycleBin });
    writeFileSync(join(temporary.root, 'x'), Buffer.alloc(9 * 1024 * 1024));
    await expect(disk.remove('x', 'file', await rowAt(disk, 'x'))).rejects.toMatchObject({
      details: {
        code: 'diskFull',
        detail: `Cannot delete "x": the recycle bin "${recycleBin}" cannot be used (ENOSPC)`,
      },
    });
    expect(readdirSync(recycleBin, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
      'files',
      'info',
    ]);
    expect(await rowAt(disk, 'x')).toMatchObject({ sizeBytes: 9 * 1024 * 1024 });
    await disk.close();
  });
});

test('where nothing beside it can be renamed into the root, bytes wait inside it, unseen, and only while there are any', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    const disk = await temporary.again({ root });
    await disk.root({ mark: true });
    const staged = await stagedWith(disk, 'key', 'x');
    expect(readdirSync(root)).toEqual(['.tidemark-staging']);
    expect(await scanned(disk)).toMatchObject({ rows: [], oddities: [], unreadable: [] });
    await staged.place('x', asNew);
    expect(readdirSync(root)).toEqual(['x']);
    await (await stagedWith(disk, 'another key', 'y')).discard();
    // Whoever is not in the middle of anything removes what is left over.
    const other = await temporary.again({ root });
    await other.root({ mark: true });
    expect(readdirSync(root)).toEqual(['x']);
    const row = await rowAt(disk, 'x');
    const { trash } = await disk.remove('x', 'file', row);
    expect(readFileSync(join(disk.trashFolder(), trash ?? ''), 'utf8')).toBe('x');
    expect(await codeOf(disk.createFolder('.tidemark-staging/x'))).toBe('invalidName');
    const later = await temporary.again({ root });
    expect((await scanned(later)).rows).toEqual([]);
    await later.close();
    await disk.close();
  });
});

test('a folder of the user with that name is not taken over', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    mkdirSync(join(root, '.tidemark-staging'));
    writeFileSync(join(root, '.tidemark-staging', 'owner'), 'somebody');
    const disk = await temporary.again({ root });
    await disk.root({ mark: true });
    expect((await scanned(disk)).rows.map((row) => row.name).sort()).toEqual(['.tidemark-staging', 'owner']);
    expect(await codeOf(disk.stage('key', 1))).toBe('diskDenied');
    await disk.close();
  });
});

test('a read-only file system is scanned and read, and not written to (F10)', async () => {
  await using temporary = await createTemporaryDisk();
  const root = join(temporary.parent, 'small');
  await mounted(root, async () => {
    writeFileSync(join(root, 'x'), 'content');
    const disk = await temporary.again({ root });
    await disk.root({ mark: true });
    execFileSync('mount', ['-o', 'remount,ro', root]);
    const expected = await rowAt(disk, 'x');
    expect((await scanned(disk)).rows).toHaveLength(1);
    expect((await disk.hash('x', expected)).sizeBytes).toBe(7);
    const attempts = [
      disk.stage('key', 1),
      disk.createFolder('folder'),
      disk.move('x', 'y', expected),
      disk.remove('x', 'file', expected),
      disk.setModifiedAt('x', expected, 1),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'diskReadOnly'));
    expect(await rowAt(disk, 'x')).toEqual(expected);
    await disk.close();
  });
});

test('[I-8] a folder that may not be read is unknown, and the rest is listed (F09)', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, parent } = temporary;
  mkdirSync(join(root, 'secret', 'below'), { recursive: true });
  mkdirSync(join(root, 'listed'), { recursive: true });
  writeFileSync(join(root, 'secret', 'x'), '');
  writeFileSync(join(root, 'listed', 'x'), '');
  const before = await scanned(temporary.disk);
  const secret = before.rows.find((row) => row.name === 'secret');
  for (const folder of [parent, root]) chmodSync(folder, 0o755);
  chmodSync(join(root, 'secret'), 0o700);
  // May be listed, but nothing may be known of what is in it.
  chmodSync(join(root, 'listed'), 0o744);
  await asNobody(async () => {
    const disk = await temporary.again();
    const after = await scanned(disk);
    const listed = after.rows.find((row) => row.name === 'listed');
    expect(after.rows.map((row) => row.name).sort()).toEqual(['listed', 'secret']);
    expect([...after.unreadable].sort()).toEqual([secret?.id, listed?.id].sort());
    expect(after.oddities).toMatchObject([
      { code: 'unreadable', detail: 'EACCES' },
      { code: 'unreadable', detail: 'EACCES' },
    ]);
    expect([...after.folders.keys()]).not.toContain(secret?.id);
    await disk.close();
  });
});

test('a sync folder that may not be read is suspended, not unknown', async () => {
  await using temporary = await createTemporaryDisk();
  for (const folder of [temporary.parent, temporary.root]) chmodSync(folder, 0o755);
  await asNobody(async () => {
    const disk = await temporary.again();
    process.seteuid?.(0);
    chmodSync(temporary.root, 0o700);
    process.seteuid?.(nobody);
    expect(await codeOf(scanned(disk))).toBe('rootSuspended');
    expect(await codeOf(temporary.again())).toBe('rootSuspended');
  });
});

test('what is not allowed is said with action, path and reason (F09)', async () => {
  await using temporary = await createTemporaryDisk();
  const { root, state, parent } = temporary;
  mkdirSync(join(root, 'mine'));
  writeFileSync(join(root, 'mine', 'un\u001bread'), 'x');
  chmodSync(join(root, 'mine', 'un\u001bread'), 0o600);
  mkdirSync(state, { recursive: true });
  for (const path of [parent, root]) chmodSync(path, 0o755);
  chownSync(state, nobody, nobody);
  await asNobody(async () => {
    const disk = await temporary.again();
    const row = await rowAt(disk, 'mine/un\u001bread');
    expect(await codeOf(disk.createFolder('mine/new'))).toBe('diskDenied');
    expect(await codeOf(disk.remove('mine/un\u001bread', 'file', row))).toBe('diskDenied');
    const said = await disk.hash('mine/un\u001bread', row).catch((error: unknown) => error);
    expect(said).toBeInstanceOf(Failure);
    expect(said).toMatchObject({
      code: 'diskDenied',
      message: 'Cannot read "mine/un\\u{1b}read": EACCES: permission denied',
    });
    await disk.close();
  });
});

test('a process that may open few files takes no folder for empty (F08)', async () => {
  await using temporary = await createTemporaryDisk();
  const deep = Array.from({ length: 60 }, (_, depth) => `d${depth}`).join('/');
  mkdirSync(join(temporary.root, deep), { recursive: true });
  const script = `
    import { createDisk } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    const disk = createDisk({ root: ${JSON.stringify(temporary.root)}, stateFolder: ${JSON.stringify(temporary.state)},
      fileMode: 0o600, folderMode: 0o700, setPermissions: true, reservedBytes: 0 });
    let folders = 0;
    for await (const part of disk.scan())
      if ('folders' in part) folders += part.folders.length;
      else console.log(JSON.stringify({ folders, ...part }));`;
  const output = execFileSync(
    '/bin/sh',
    ['-c', 'ulimit -n 48; exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { encoding: 'utf8' },
  );
  const { folders, unreadable, oddities } = JSON.parse(output) as {
    readonly folders: number;
    readonly unreadable: readonly string[];
    readonly oddities: readonly unknown[];
  };
  expect(folders).toBeLessThan(61);
  expect(unreadable).toHaveLength(1);
  expect(oddities).toMatchObject([{ code: 'unreadable', detail: 'EMFILE' }]);
});
