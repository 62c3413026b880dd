/** The three entries of an item, as the page shows them side by side. */
import type { Entries } from '@tidemark/engine';
import type { EntriesShown, Entry } from '../protocol.ts';

type AnyEntry = NonNullable<Entries['remote'] | Entries['local'] | Entries['synced']>;

export const entriesShown = ({ remote, local, synced }: Entries): EntriesShown => ({
  remote: entryShown(remote),
  local: entryShown(local),
  synced: entryShown(synced),
});

function entryShown(entry: AnyEntry | null): Entry | null {
  if (entry === null) return null;
  const { kind, name, sizeBytes, modifiedAt, hash, seq } = entry;
  const rest = Object.entries(entry).filter(([field]) => !told.has(field));
  return {
    ...{ kind, name, sizeBytes, modifiedAt: modifiedAt * 1000, hash, setBy: seq },
    marks: rest.flatMap(([field, value]) =>
      value === null || value === undefined ? [] : [[field, String(value)] as const],
    ),
  };
}

const told: ReadonlySet<string> = new Set(['kind', 'name', 'sizeBytes', 'modifiedAt', 'hash', 'seq']);
