/** Changes that a user decided on while a daemon runs: it makes them between two runs. What crosses the socket, both ways. */
import type { EventOf, UserChange } from '@tidemark/contracts';
import { z } from 'zod';

const schema = z.literal(1);
const count = z.int().nonnegative();
/** Relative to the sync folder; a path that leads out of it is none of ours. */
const path = z.string().min(1).refine(isWithin, 'leads out of the sync folder');
const expected = z.strictObject({ id: z.string(), stamp: z.string() });
const kind = z.enum(['file', 'folder']);

const source = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('trash'), trash: path }),
  z.strictObject({ in: z.literal('versions'), driveItemId: z.string() }),
  z.strictObject({ in: z.literal('folder'), path, expected }),
]);

const change = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('RestoreOnDrive'), path, driveItemId: z.string(), toParentId: z.string() },
    ...{ name: z.string(), unlessOther: z.nullable(z.array(z.string())) },
  }),
  z.strictObject({ type: z.literal('MakeFolder'), path }),
  z.strictObject({
    ...{ type: z.literal('PutBack'), path, expected: z.nullable(expected), sizeBytes: count },
    ...{ hashes: z.array(z.string()), modifiedAt: z.number(), sources: z.array(source) },
  }),
  z.strictObject({ type: z.literal('Move'), path, toPath: path, expected }),
  z.strictObject({ type: z.literal('Remove'), path, kind, expected }),
]);

/** The body of `POST /v1/changes`. */
export const wantedChangesSchema = z.strictObject({
  schema,
  /** The command that asks. */
  source: z.enum(['undo', 'conflicts']),
  /** In words, for the log. */
  asked: z.string().max(10_000),
  changes: z.array(change),
  settled: z.array(z.string()),
  /** They were planned before, and a part of them may have been made: the log tells which. */
  isRest: z.optional(z.literal(true)),
  /** The shared folder that they are in, relative to the sync folder; all other paths are relative to it. Absent: they are in the own drive. */
  below: z.optional(path),
});

export interface WantedChanges {
  readonly source: 'undo' | 'conflicts';
  readonly asked: string;
  readonly changes: readonly UserChange[];
  readonly settled: NonNullable<EventOf<'UserChangesPlanned'>['settled']>;
  readonly isRest?: true;
  readonly below?: string;
}

/** What became of them. */
export const madeChangesSchema = z.object({
  schema,
  made: count,
  failed: z.array(z.object({ path: z.string(), code: z.string(), detail: z.string() })),
});
export type MadeChanges = z.output<typeof madeChangesSchema>;

/** In words when it is none. */
export function readWantedChanges(text: string): WantedChanges | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'The body is no JSON';
  }
  const { success, data, error } = wantedChangesSchema.safeParse(value);
  if (!success) return `The body is no list of changes: ${z.prettifyError(error)}`;
  // Ids are text with a name of its own.
  return data as unknown as WantedChanges;
}

function isWithin(text: string): boolean {
  return (
    !text.startsWith('/') &&
    !text.includes('\0') &&
    text.split('/').every((part) => part !== '..' && part !== '')
  );
}
