/** The secrets of the subscription, and of the one before it, as they survive a restart. */
import type { Secrets } from '@tidemark/plugin-sdk';
import { z } from '@tidemark/plugin-sdk';

const text = z.string().min(1).max(2_048);
const secret = z.object({
  /** null: it was asked for, and the answer is not known. */
  id: text.nullable(),
  clientState: text,
  url: text,
});
const stored = z.object({
  current: secret.nullable(),
  /** Still counts for a while after it was replaced. `until`: milliseconds since 1970. */
  previous: secret.extend({ until: z.number() }).nullable(),
});

export type Secret = z.output<typeof secret>;
export type StoredSecrets = z.output<typeof stored>;

export const noSecrets: StoredSecrets = { current: null, previous: null };

const name = 'subscription';

export async function loadSecrets(secrets: Secrets): Promise<StoredSecrets> {
  const found = await secrets.read(name);
  if (found === null) return noSecrets;
  // A text that is not ours counts as none: the subscription is then made anew, as one whose secret is not known.
  const parsed = stored.safeParse(parseJson(found));
  return parsed.success ? parsed.data : noSecrets;
}

export async function saveSecrets(secrets: Secrets, value: StoredSecrets): Promise<void> {
  if (value.current === null && value.previous === null) await secrets.remove(name);
  else await secrets.write(name, JSON.stringify(value));
}

export function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
