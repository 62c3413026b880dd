/**
 * Which identities has an item had on either side? Its entries, its commands and their outcomes name them. Of an item that
 * is gone and was never worked on, only the path finder knows them for certain; without it, an event that speaks of a
 * single item, or of a single one with the right name, still tells.
 */
import type { CommandId, Command, DriveItemId, ItemId, LocalId, RecordedEvent } from '@tidemark/contracts';
import type { State } from '../../fold/state.ts';
import type { PathMatch } from './path-finder.ts';

export interface Identities {
  readonly driveIds: Set<DriveItemId>;
  readonly localIds: Set<LocalId>;
}

export function identitiesOf({
  history,
  commands,
  state,
  item,
  match,
}: {
  readonly history: readonly RecordedEvent[];
  readonly commands: ReadonlyMap<CommandId, Command>;
  readonly state: State;
  readonly item: ItemId;
  readonly match: PathMatch | undefined;
}): Identities {
  const driveIds = new Set<DriveItemId>(match?.driveIds ?? []);
  const localIds = new Set<LocalId>(match?.localIds ?? []);
  const names = new Set<string>();
  const entries = state.trees.items.get(item);
  if (entries?.remote != null) driveIds.add(entries.remote.id);
  if (entries?.local != null) localIds.add(entries.local.id);
  for (const entry of [entries?.remote, entries?.local, entries?.synced])
    if (entry != null) names.add(entry.name);
  for (const command of commands.values()) {
    if (command.item !== item) continue;
    names.add(command.path.slice(command.path.lastIndexOf('/') + 1));
    if ('driveItemId' in command) driveIds.add(command.driveItemId);
    if ('remote' in command) driveIds.add(command.remote.id);
    if ('expected' in command && command.expected !== null) localIds.add(command.expected.id);
    if (command.type === 'UploadFile' && command.target.as === 'version') driveIds.add(command.target.id);
  }
  for (const { event } of history) {
    if (event.type !== 'CommandSucceeded' || commands.get(event.command)?.item !== item) continue;
    if (event.remote !== undefined) driveIds.add(event.remote.id);
    if (event.local !== undefined) localIds.add(event.local.id);
  }
  for (const { event } of history) {
    if (event.type === 'RemoteSeen' && driveIds.size === 0) {
      const rows = event.rows.filter((row) => 'name' in row);
      const id = onlyOne(rows, event.rows.length, names);
      if (id !== undefined) driveIds.add(id);
    } else if (event.type === 'LocalSeen' && localIds.size === 0) {
      const id = onlyOne(event.rows, event.rows.length, names);
      if (id !== undefined) localIds.add(id);
    }
  }
  return { driveIds, localIds };
}

function onlyOne<Id>(
  rows: readonly { readonly id: Id; readonly name: string }[],
  rowsInEvent: number,
  names: ReadonlySet<string>,
): Id | undefined {
  const candidates = rowsInEvent === 1 ? rows : rows.filter((row) => names.has(row.name));
  return candidates.length === 1 ? candidates[0]?.id : undefined;
}
