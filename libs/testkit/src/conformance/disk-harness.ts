/** What the parts of the disk's conformance suite share. */
import { expect } from 'vitest';
import { type Disk, Failure, type FailureCode, type LocalOddity, type LocalRow } from '@tidemark/contracts';
import type { DiskUser } from '../disk/simulated-user.ts';

export interface DiskUnderTest {
  readonly disk: Disk;
  readonly user: DiskUser;
  dispose(): Promise<void>;
}

export interface DiskHarness {
  readonly name: string;
  /** A disk over an empty sync folder that was marked. */
  readonly create: () => Promise<DiskUnderTest>;
}

/** Runs each test on a disk of its own. */
export type WithDisk = (run: (disk: Disk, user: DiskUser) => Promise<void>) => Promise<void>;

export function diskRunner(create: DiskHarness['create']): WithDisk {
  return async (run) => {
    const { disk, user, dispose } = await create();
    try {
      await run(disk, user);
    } finally {
      await dispose();
    }
  };
}

export const asNew = { expected: null, keepAs: null, modifiedAt: 1_600_000_000 } as const;
export const keep = { prefix: 'x-host-safeBackup-', suffix: '.txt', from: 1 } as const;

export const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
export const text = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder().decode(content);

/** Text of each file by path, null for anything else. */
export const contents = (user: DiskUser): Record<string, string | null> =>
  Object.fromEntries(
    [...user.tree()].map(([path, { kind, bytes: content }]) => [
      path,
      kind === 'file' ? text(content) : null,
    ]),
  );

export async function rowAt(disk: Disk, path: string): Promise<LocalRow> {
  const row = await disk.stat(path);
  if (row === null) throw new Error(`nothing is at ${path}`);
  return row;
}

export async function stagedWith(disk: Disk, key: string, content: string) {
  const staged = await disk.stage(key, content.length);
  await staged.write(bytes(content));
  await staged.finish();
  return staged;
}

export async function scanned(disk: Disk) {
  const folders: { readonly id: LocalRow['id']; readonly rows: readonly LocalRow[] }[] = [];
  let end: { readonly unreadable: readonly string[]; readonly oddities: readonly LocalOddity[] } | null =
    null;
  for await (const part of disk.scan()) {
    if ('folders' in part) folders.push(...part.folders);
    else end = part;
  }
  if (end === null) throw new Error('the scan did not end');
  return { folders, rows: folders.flatMap((folder) => folder.rows), ...end };
}

export async function codeOf(attempt: Promise<unknown>): Promise<FailureCode | 'ok'> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

export async function fails(attempt: Promise<unknown>, code: FailureCode): Promise<void> {
  expect(await codeOf(attempt)).toBe(code);
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += text(chunk) ?? '';
  return all;
}

export async function drained(reader: AsyncIterator<Uint8Array>): Promise<void> {
  for (let next = await reader.next(); next.done !== true; next = await reader.next());
}

export function paths(rows: readonly LocalRow[], root: LocalRow['id'] | undefined): string[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const pathOf = (row: LocalRow): string => {
    const parent = byId.get(row.parentId);
    if (parent === undefined && row.parentId !== root) throw new Error('a row without a listed parent');
    return parent === undefined ? row.name : `${pathOf(parent)}/${row.name}`;
  };
  return rows.map(pathOf).sort();
}
