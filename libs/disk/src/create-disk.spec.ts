import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { youngStamp } from '@tidemark/contracts';
import { quickXorHash } from '@tidemark/quickxor';
import {
  asNew,
  codeOf,
  createTemporaryDisk,
  filesBelow,
  rowAt,
  stagedWith,
} from './testing/temporary-disk.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

test('files and folders get the modes of the settings, whatever the umask is', async () => {
  await using temporary = await createTemporaryDisk({ fileMode: 0o664, folderMode: 0o2775 });
  const { disk, root } = temporary;
  await disk.createFolder('folder');
  const { row } = await (await stagedWith(disk, 'k', 'x')).place('folder/x', asNew);
  await (await stagedWith(disk, 'k', 'y')).place('folder/x', { ...asNew, expected: row });
  expect([modeOf(join(root, 'folder')), modeOf(join(root, 'folder/x'))]).toEqual(['775', '664']);
});

test('without permissions to set, the umask decides', async () => {
  await using temporary = await createTemporaryDisk({ setPermissions: false });
  const { disk, root } = temporary;
  await disk.createFolder('folder');
  await (await stagedWith(disk, 'k', 'x')).place('x', asNew);
  writeFileSync(join(root, 'by hand'), '');
  mkdirSync(join(root, 'folder by hand'));
  expect(modeOf(join(root, 'x'))).toBe(modeOf(join(root, 'by hand')));
  expect(modeOf(join(root, 'folder'))).toBe(modeOf(join(root, 'folder by hand')));
});

test('everything of ours outside the tree is for its owner only', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  await (await stagedWith(disk, 'left', 'x')).place('x', asNew);
  await stagedWith(disk, 'waiting', 'y');
  const trash = (await disk.remove('x', 'file', await rowAt(disk, 'x'))).trash ?? '';
  expect(disk.trashFolder()).toBe(join(state, 'trash'));
  expect(readFileSync(join(state, 'trash', trash), 'utf8')).toBe('x');
  expect(trash).toMatch(/^\d{4}-\d\d-\d\d\/[0-9a-f]{32}\/x$/);
  for (const path of ['staging', 'trash', ...[...filesBelow(state).keys()]]) {
    expect(statSync(join(state, path)).mode & 0o077, path).toBe(0);
  }
  expect(readdirSync(root)).toEqual([]);
});

test.each(['trash', 'staging', ''])(
  'what was removed of "%s" while it is in use is made anew',
  async (place) => {
    await using temporary = await createTemporaryDisk();
    const { disk, root, state } = temporary;
    for (const name of ['w', 'x']) writeFileSync(join(root, name), name);
    await disk.remove('w', 'file', await rowAt(disk, 'w'));
    rmSync(join(state, place), { recursive: true });

    await disk.remove('x', 'file', await rowAt(disk, 'x'));
    expect([...filesBelow(join(state, 'trash')).values()]).toContain('x');
    const staged = await disk.stage('new', 3);
    await staged.write(Buffer.from('new'));
    await staged.finish();
    await staged.place('new', { expected: null, keepAs: null, modifiedAt: 1 });
    expect(readFileSync(join(root, 'new'), 'utf8')).toBe('new');
  },
);

test('a file on its way in outlives a trash that is removed', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  const staged = await disk.stage('new', 3);
  await staged.write(Buffer.from('ne'));
  rmSync(join(state, 'trash'), { recursive: true });
  writeFileSync(join(root, 'x'), 'x');
  await disk.remove('x', 'file', await rowAt(disk, 'x'));
  await staged.write(Buffer.from('w'));
  await staged.finish();
  await staged.place('new', { expected: null, keepAs: null, modifiedAt: 1 });
  expect(readFileSync(join(root, 'new'), 'utf8')).toBe('new');
});

test('an editor that still writes into the displaced file writes into the trash, and nothing is lost (fact 6)', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  writeFileSync(join(root, 'x'), 'opened');
  const editor = openSync(join(root, 'x'), 'a');
  const expected = await rowAt(disk, 'x');
  await (await stagedWith(disk, 'k', 'remote')).place('x', { ...asNew, expected });
  writeSync(editor, ' and saved late');
  closeSync(editor);
  expect(readFileSync(join(root, 'x'), 'utf8')).toBe('remote');
  expect([...filesBelow(join(state, 'trash')).values()]).toEqual(['opened and saved late']);
});

test('large files come in and go out in pieces, from any offset', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk } = temporary;
  const content = Buffer.alloc(70 * 1024 * 1024 + 3, 'tidemark ');
  const staged = await disk.stage('large', content.length);
  for (let at = 0; at < content.length; at += 3_000_001)
    await staged.write(content.subarray(at, at + 3_000_001));
  const hash = quickXorHash(content);
  expect(await staged.finish()).toEqual({ hash, sizeBytes: content.length });
  const { row } = await staged.place('large', asNew);
  expect(row.hash).toBe(hash);
  expect((await disk.hash('large', row)).hash).toBe(hash);
  const offset = content.length - 2_000_000;
  const source = await disk.read('large', row);
  const pieces: Buffer[] = [];
  for await (const chunk of source.open(offset)) pieces.push(Buffer.from(chunk));
  expect(Buffer.concat(pieces).equals(content.subarray(offset))).toBe(true);
  await source.finish();
  // An attempt that starts anew takes its note of flushed bytes back.
  const notes = (): string[] =>
    [...filesBelow(join(temporary.state, 'staging')).keys()].filter((path) => path.endsWith('.flushed'));
  const again = await disk.stage('again', content.length);
  await again.write(content.subarray(0, 68 * 1024 * 1024));
  // The flush runs behind the writing.
  await expect.poll(notes).toHaveLength(1);
  const resumed = await (await temporary.again()).stage('again', content.length);
  expect(resumed.offset).toBe(68 * 1024 * 1024);
  await resumed.restart();
  expect(notes()).toEqual([]);
  await resumed.discard();
  expect(
    [...filesBelow(join(temporary.state, 'staging')).keys()].filter((path) => path.endsWith('.flushed')),
  ).toEqual([]);
});

test('a file that got its name just before the end is not written to by the next attempt', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root, state } = temporary;
  await stagedWith(disk, 'k', 'complete');
  const [staged] = [...filesBelow(join(state, 'staging')).keys()].filter((path) =>
    /[0-9a-f]{40}$/.test(path),
  );
  linkSync(join(state, 'staging', staged ?? ''), join(root, 'x'));
  const again = await disk.stage('k', 8);
  expect(again.offset).toBe(0);
  await again.write(Buffer.from('another!'));
  expect(readFileSync(join(root, 'x'), 'utf8')).toBe('complete');
});

test('an abandoned attempt can no longer write, and an abandoned reader leaves nothing open', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  const first = await disk.stage('k', 4);
  await disk.stage('k', 4);
  expect(() => first.write(Buffer.from('late'))).toThrow('opened again');
  writeFileSync(join(root, 'x'), 'x'.repeat(3_000_000));
  const row = await rowAt(disk, 'x');
  const openOnes = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      const target = readlinkOrNothing(`/proc/self/fd/${fd}`);
      return target.endsWith('/root/x') ? [target] : [];
    });
  for (let attempt = 0; attempt < 5; attempt++)
    for await (const chunk of (await disk.read('x', row)).open(0)) if (chunk.length > 0) break;
  expect(openOnes()).toEqual([]);
  const held = openSync(join(root, 'x'), 'r');
  expect(openOnes()).toHaveLength(1);
  closeSync(held);
});

test('a file that grows all the time is never read as one version (F53)', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  writeFileSync(join(root, 'log'), 'x'.repeat(2_000_000));
  const row = await rowAt(disk, 'log');
  const source = await disk.read('log', row);
  const consume = async (): Promise<void> => {
    for await (const chunk of source.open(0)) appendFileSync(join(root, 'log'), `${chunk.length}`);
  };
  expect(await codeOf(consume())).toBe('changedMeanwhile');
});

test('loading says nothing on the terminal', () => {
  const script = `
    import { createDisk } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    createDisk({ root: '/', stateFolder: '/nowhere' });
    process.emitWarning('another warning');`;
  const said = execFileSync(
    '/bin/sh',
    ['-c', 'exec "$0" --input-type=module -e "$1" 2>&1', process.execPath, script],
    {
      encoding: 'utf8',
    },
  );
  expect(said).not.toContain('FFI');
  expect(said).toContain('another warning');
});

/** The listing of descriptors holds the one it was made with. */
function readlinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

test('replaces, removes and dates nothing whose stamp was young', async () => {
  await using temporary = await createTemporaryDisk();
  const { disk, root } = temporary;
  writeFileSync(join(root, 'x'), 'local');
  const row = await rowAt(disk, 'x');
  const young = { ...row, stamp: youngStamp(row.stamp) };
  const staged = await stagedWith(disk, 'key', 'remote');
  expect(await codeOf(staged.place('x', { ...asNew, expected: young }))).toBe('changedMeanwhile');
  expect(await codeOf(disk.remove('x', 'file', young))).toBe('changedMeanwhile');
  expect(await codeOf(disk.setModifiedAt('x', young, 5))).toBe('changedMeanwhile');
  expect(await rowAt(disk, 'x')).toEqual(row);
});
