import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalRow, NestedMount, ScanEnd } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import type { FolderDisk } from './index.ts';
import {
  asNew,
  codeOf,
  createTemporaryDisk,
  stagedWith,
  type TemporaryDisk,
} from './testing/temporary-disk.ts';

async function look(disk: FolderDisk, mounts: readonly NestedMount[], only?: readonly string[]) {
  const rows: LocalRow[] = [];
  let end: ScanEnd | null = null;
  for await (const part of only === undefined ? disk.scan({ mounts }) : disk.list(only, { mounts }))
    if ('folders' in part) for (const folder of part.folders) rows.push(...folder.rows);
    else end = part;
  if (end === null) throw new Error('the scan did not end');
  return { ...end, rows, names: rows.map(({ name }) => name).sort() };
}

function mounting(args: readonly string[], at: string): AsyncDisposable & { unmount(how?: string[]): void } {
  if (process.geteuid?.() !== 0) throw new Error('This test mounts file systems: run it as root');
  execFileSync('mount', [...args, at]);
  let isMounted = true;
  const unmount = (how: string[] = []): void => {
    execFileSync('umount', [...how, at]);
    isMounted = false;
  };
  return {
    unmount,
    async [Symbol.asyncDispose]() {
      if (isMounted) unmount(['--lazy']);
    },
  };
}

const tmpfs = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'];

/** A folder `a/mnt` in the root, with `covered` in it when asked for; and the way to mount something on it. */
async function world(kind: 'tmpfs' | 'bind', covered = false) {
  const temporary = await createTemporaryDisk();
  const at = join(temporary.root, 'a', 'mnt');
  mkdirSync(at, { recursive: true });
  if (covered) writeFileSync(join(at, 'covered'), 'covered');
  const source = join(temporary.parent, 'source');
  mkdirSync(source);
  return { temporary, at, args: kind === 'tmpfs' ? tmpfs : ['--bind', source] };
}

describe.each(['tmpfs', 'bind'] as const)('a nested %s mount', (kind) => {
  test('[I-10] is told first, and looked into when it is expected', async () => {
    const { temporary, at, args } = await world(kind);
    await using _ = temporary;
    await using mounted = mounting(args, at);
    writeFileSync(join(at, 'x'), 'x');
    const first = await look(temporary.disk, []);
    expect(first.names).toEqual(['a']);
    expect(first.mounts).toMatchObject([{ path: 'a/mnt' }]);
    const second = await look(temporary.disk, first.mounts ?? []);
    expect(second.names).toEqual(['a', 'mnt', 'x']);
    expect([second.mounts, second.unreadable]).toEqual([undefined, []]);
    mounted.unmount();
  });

  test('[I-10] that is gone is unknown, whether its mount point is left or not, and nothing is written there', async () => {
    const { temporary, at, args } = await world(kind);
    await using _ = temporary;
    const mounts = await mountedOnce(temporary, args, at);
    for (const isLeft of [true, false]) {
      if (!isLeft) rmdirSync(at);
      const disk = await temporary.again();
      const seen = await look(disk, mounts);
      expect(seen.names, 'as it was expected').toEqual(['a', 'mnt']);
      expect(seen.rows.find(({ name }) => name === 'mnt')?.id).toBe(mounts[0]?.id);
      // A mount point that is left is unknown too: a folder that is missing elsewhere may stand there.
      expect(seen.unreadable).toHaveLength(isLeft ? 2 : 1);
      expect(seen.unreadable).toContain(mounts[0]?.id);
      expect(seen.oddities).toMatchObject([{ path: 'a/mnt', code: 'unreadable' }]);
      expect((await look(disk, mounts, ['a/mnt'])).rows).toEqual([]);
      const staged = await stagedWith(disk, 'key', 'x');
      expect(await codeOf(staged.place('a/mnt/x', asNew))).toBe('diskDenied');
      expect(await codeOf(disk.createFolder('a/mnt/folder'))).toBe('diskDenied');
      await disk.close();
    }
    rmdirSync(join(at, '..'));
    expect((await look(temporary.disk, mounts)).unreadable).toEqual([mounts[0]?.id]);
  });

  test('[I-10] another one in its place is unknown as well', async () => {
    const { temporary, at, args } = await world(kind);
    await using _ = temporary;
    const mounts = await mountedOnce(temporary, args, at);
    await using other = mounting(tmpfs, at);
    writeFileSync(join(at, 'other'), 'other');
    const seen = await look(temporary.disk, mounts);
    expect(seen.names).toEqual(['a', 'mnt']);
    expect(seen.unreadable).toEqual([mounts[0]?.id]);
    const staged = await stagedWith(temporary.disk, 'key', 'x');
    expect(await codeOf(staged.place('a/mnt/x', asNew))).toBe('diskDenied');
    expect(readdirSync(at)).toEqual(['other']);
    other.unmount();
  });

  test('[I-10] over a folder with content hides it, and that is all', async () => {
    const { temporary, at, args } = await world(kind, true);
    await using _ = temporary;
    const { disk } = temporary;
    const before = await look(disk, []);
    const folder = before.rows.find(({ name }) => name === 'mnt');
    await using mounted = mounting(args, at);
    writeFileSync(join(at, 'x'), 'x');
    const first = await look(disk, []);
    expect(first.unreadable, 'the folder that holds the mount point').toHaveLength(1);
    const expected = [{ path: 'a/mnt', id: folder?.id ?? ('' as never), fileSystem: null }];
    const seen = await look(disk, expected);
    expect(seen.names).toEqual(['a', 'mnt']);
    expect(seen.unreadable).toEqual([folder?.id]);
    mounted.unmount();
    expect((await look(disk, expected)).names).toEqual(['a', 'covered', 'mnt']);
  });

  test('can be unmounted while the disk is open, whatever was done on it', async () => {
    const { temporary, at, args } = await world(kind);
    await using _ = temporary;
    const { disk } = temporary;
    await using mounted = mounting(args, at);
    const { mounts = [] } = await look(disk, []);
    await look(disk, mounts);
    await disk.createFolder('a/mnt/inner');
    const { row } = await (await stagedWith(disk, 'k', 'x')).place('a/mnt/inner/x', asNew);
    const stopping = new AbortController();
    await disk.watch(() => {}, { signal: stopping.signal });
    await disk.hash('a/mnt/inner/x', row);
    const left = await (await stagedWith(disk, 'l', 'y')).place('a/mnt/inner/y', asNew);
    await disk.remove('a/mnt/inner/x', 'file', row);
    expect(left.row.name).toBe('y');
    mounted.unmount();
    stopping.abort();
  });
});

/** What was expected when it was mounted for a moment. */
async function mountedOnce(
  temporary: TemporaryDisk,
  args: readonly string[],
  at: string,
): Promise<readonly NestedMount[]> {
  await using mounted = mounting(args, at);
  writeFileSync(join(at, 'x'), 'x');
  const { mounts = [] } = await look(temporary.disk, []);
  expect((await look(temporary.disk, mounts)).names).toEqual(['a', 'mnt', 'x']);
  mounted.unmount();
  return mounts;
}
