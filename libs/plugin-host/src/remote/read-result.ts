/** What reading at the border comes to. */
import type { CommandCompleted, CommandFailed } from '@tidemark/contracts';
import type { z } from '@tidemark/plugin-sdk';

export type ReadResult<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly detail: string };

export type Outcome = CommandCompleted | CommandFailed;

/** The value that the shape describes, and nothing beside it; or what is wrong, in a line. */
export function readAs(shape: z.ZodType, payload: unknown): ReadResult<unknown> {
  const result = shape.safeParse(payload);
  if (result.success) return { ok: true, value: result.data };
  const faults = result.error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  return { ok: false, detail: shown(faults.join('; ')) };
}

/** Text of others, short and on one line. */
export const shown = (text: string): string => text.slice(0, 300).replace(/\p{Cc}/gu, ' ');
