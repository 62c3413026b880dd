/** What the parts of the drive's conformance suite share. */
import { expect } from 'vitest';
import type {
  ByteSink,
  ByteSource,
  Drive,
  DriveInfo,
  DriveItemId,
  RemoteRow,
  RemoteTombstone,
} from '@tidemark/contracts';
import type { DriveUser } from '../drive/simulated-drive-user.ts';
import { bytes, text } from './disk-harness.ts';

export interface DriveUnderTest {
  readonly drive: Drive;
  readonly user: DriveUser;
  dispose(): Promise<void>;
}

export interface DriveWish {
  /** Rows of a page of the change feed, ancestors apart. */
  readonly pageSize?: number;
  /** Documents (`.docx`) are stored with other bytes than were sent. */
  readonly rewritesDocuments?: boolean;
}

export interface DriveHarness {
  readonly name: string;
  readonly kind: DriveInfo['kind'];
  /** Whether the service can be told to rewrite documents. */
  readonly canRewrite: boolean;
  /** An empty drive. */
  readonly create: (wish: DriveWish) => Promise<DriveUnderTest>;
}

/** Runs each test on a drive of its own. */
export type WithDrive = (
  run: (drive: Drive, user: DriveUser, rootId: DriveItemId) => Promise<void>,
  wish?: DriveWish,
) => Promise<void>;

export function driveRunner(create: DriveHarness['create']): WithDrive {
  return async (run, wish = {}) => {
    const { drive, user, dispose } = await create(wish);
    try {
      await run(drive, user, (await drive.info()).rootId);
    } finally {
      await dispose();
    }
  };
}

export type Row = RemoteRow | RemoteTombstone;

/** One complete round; `pages` counts what it took. */
export async function round(
  drive: Drive,
  link: string | null,
): Promise<{ readonly rows: readonly Row[]; readonly deltaLink: string; readonly pages: number }> {
  const rows: Row[] = [];
  let next = link;
  for (let pages = 1; pages < 1000; pages += 1) {
    const page = await drive.delta(next);
    expect([page.nextLink, page.deltaLink].filter((each) => each !== null)).toHaveLength(1);
    rows.push(...page.rows);
    if (page.deltaLink !== null) return { rows, deltaLink: page.deltaLink, pages };
    next = page.nextLink;
  }
  throw new Error('the round has no end');
}

/** The last row of each item counts. */
export function lastRows(rows: readonly Row[]): Map<DriveItemId, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

/** Paths of what is there, from rows alone, in any order. */
export function pathsOf(rows: readonly Row[], rootId: DriveItemId): string[] {
  const byId = lastRows(rows);
  const pathOf = (row: RemoteRow): string => {
    if (row.parentId === rootId) return row.name;
    const parent = byId.get(row.parentId);
    if (parent === undefined || 'deleted' in parent) throw new Error(`no parent for "${row.name}"`);
    return `${pathOf(parent)}/${row.name}`;
  };
  return [...byId.values()].flatMap((row) => ('deleted' in row ? [] : [pathOf(row)])).sort();
}

export function named(rows: readonly Row[], name: string): RemoteRow {
  for (const row of rows) if (!('deleted' in row) && row.name === name) return row;
  throw new Error(`no row is named "${name}"`);
}

export async function rowNamed(drive: Drive, name: string): Promise<RemoteRow> {
  const { rows } = await round(drive, null);
  const row = await drive.item(named(rows, name).id);
  if (row === null) throw new Error(`"${name}" is gone`);
  return row;
}

/** Reuses its one chunk, as a real reader may. */
export function sourceOf(
  content: Uint8Array,
  onRead: () => void = () => undefined,
): ByteSource & { opened: number } {
  const source = {
    sizeBytes: content.length,
    opened: 0,
    async *open(offset: number): AsyncGenerator<Uint8Array> {
      source.opened += 1;
      const chunk = new Uint8Array(3);
      for (let at = offset; at < content.length; at += 3) {
        const part = content.subarray(at, at + 3);
        chunk.set(part);
        onRead();
        yield chunk.subarray(0, part.length);
      }
      chunk.fill(0xee);
    },
  };
  return source;
}

export interface MemorySink extends ByteSink {
  content(): string;
  readonly restarts: number;
}

/** Holds `kept` already. */
export function sinkWith(kept = ''): MemorySink {
  let received = [...bytes(kept)];
  let restarts = 0;
  return {
    get offset() {
      return received.length;
    },
    write(chunk) {
      received.push(...chunk);
    },
    async restart() {
      restarts += 1;
      received = [];
    },
    content: () => text(Uint8Array.from(received)) ?? '',
    get restarts() {
      return restarts;
    },
  };
}

/** Text of each file by path, null for anything else. */
export const onDrive = (user: DriveUser): Record<string, string | null> =>
  Object.fromEntries(
    [...user.tree()]
      .map(([path, { kind, bytes: content }]): [string, string | null] => [
        path,
        kind === 'file' ? text(content) : null,
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
