/** Shapes of what our own plugins tell of drive and disk from another process: exact and bounded. */
import type {
  ContentFigures,
  LocalGone,
  LocalOddity,
  LocalRow,
  NestedMount,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
} from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';

/** Names and words of others: any characters, but no endless text. They are escaped where they are shown. */
const words = (lengthMax: number): z.ZodString => z.string().max(lengthMax);
const filled = (lengthMax: number): z.ZodString => words(lengthMax).min(1);
const bytes = z.number().nonnegative();
const seconds = z.number().int();
const hash = words(200).nullable();

/** Exactly the fields of that type, so that a new one cannot be forgotten here. */
type FieldsOf<Row> = { readonly [Field in keyof Required<Row>]: z.ZodType };

const driveId = filled(1_000);
const localId = filled(500);

export const remoteRow = z.strictObject({
  id: driveId,
  parentId: words(1_000),
  name: words(4_000),
  kind: z.enum(['file', 'folder', 'opaque']),
  oddity: words(2_000).exactOptional(),
  sizeBytes: bytes,
  hash,
  modifiedAt: seconds,
  eTag: words(2_000),
  cTag: words(2_000).nullable(),
} satisfies FieldsOf<RemoteRow>);

export const remoteTombstone = z.strictObject({
  id: driveId,
  deleted: z.literal(true),
} satisfies FieldsOf<RemoteTombstone>);

const remoteUnread = z.strictObject({ id: driveId, unread: words(2_000) } satisfies FieldsOf<RemoteUnread>);

export const localRow = z.strictObject({
  id: localId,
  parentId: words(500),
  name: filled(255),
  kind: z.enum(['file', 'folder']),
  sizeBytes: bytes,
  modifiedAt: seconds,
  stamp: words(200),
  hash,
  stagedAs: words(4_000).exactOptional(),
} satisfies FieldsOf<LocalRow>);

/** Relative to the trash; a place in the recycle bin of the desktop is absolute. */
export const trashPath = filled(8_192);

export const localGone = z.strictObject({
  id: localId,
  gone: z.literal(true),
  trash: trashPath.exactOptional(),
} satisfies FieldsOf<LocalGone>);

const oddity = z.strictObject({
  path: words(40_000),
  code: z.enum(['notUtf8', 'special', 'symlink', 'unfollowed', 'unreadable']),
  holds: z.strictObject({ folder: localId, name: filled(255) }).exactOptional(),
  detail: words(50_000),
} satisfies FieldsOf<LocalOddity>);

const mount = z.strictObject({
  path: words(8_192),
  id: localId,
  fileSystem: words(1_000).nullable(),
  target: words(8_192).exactOptional(),
} satisfies FieldsOf<NestedMount>);

/** Rows in one message. Its size in bytes is bounded by the server. */
const rowsMax = 10_000;
const parts = z.number().int().nonnegative();
const command = words(100);

export const remotePage = z.strictObject({
  type: z.literal('RemotePage'),
  command,
  page: parts,
  rows: z.array(z.union([remoteRow, remoteTombstone])).max(rowsMax),
});

const figures = z.strictObject({
  sizeBytes: bytes,
  hash: filled(200),
} satisfies FieldsOf<ContentFigures>);

export const contentMatched = z.strictObject({
  type: z.literal('ContentMatched'),
  command,
  plugin: filled(64),
  drive: figures,
  disk: figures,
});

export const localListing = z.strictObject({
  type: z.literal('LocalListing'),
  command,
  part: parts,
  folders: z
    .array(
      z.strictObject({
        id: localId,
        rows: z.array(localRow).max(rowsMax),
        more: z.literal(true).exactOptional(),
      }),
    )
    .max(rowsMax),
});

export const roundEnd = z.strictObject({ parts, cursor: words(100_000).nullable() });
export const itemsEnd = z.strictObject({
  rows: z.array(z.union([remoteRow, remoteTombstone, remoteUnread])).max(rowsMax),
});
export const scanEnd = z.strictObject({
  parts,
  unreadable: z.array(localId).max(100_000),
  oddities: z.array(oddity).max(100_000),
  mounts: z.array(mount).max(10_000).exactOptional(),
});
