/**
 * The law that no run repeats itself, read from a log: the same command for the same item does not get the same answer twice in
 * a run, unless one of the sides has shown something new of the item in between.
 */
import type { Command, CommandSucceeded, ItemId, RecordedEvent } from '@tidemark/contracts';

/** The first repetition, in words; null when there is none. */
export function repetitionIn(log: Iterable<RecordedEvent>): string | null {
  const underWay = new Map<string, Command>();
  const done = new Map<ItemId, Set<string>>();
  for (const { seq, event, items } of log) {
    switch (event.type) {
      case 'Started':
        underWay.clear();
        done.clear();
        break;
      case 'Planned':
        for (const command of event.commands) if (isForItem(command)) underWay.set(command.id, command);
        break;
      case 'CommandSucceeded': {
        const command = underWay.get(event.command);
        if (command === undefined) break;
        const deed = `${withoutVersions(command)} ${withoutVersions(event)}`;
        const all = done.get(command.item) ?? new Set<string>();
        if (all.has(deed)) return `at ${seq}, item ${command.item} did again what it had just done: ${deed}`;
        done.set(command.item, all.add(deed));
        break;
      }
      case 'RemoteSeen':
      case 'LocalSeen':
      case 'RemoteRoundCompleted':
      case 'LocalScanCompleted':
        // While a command was at work, too: what it was to do may be undone by now.
        for (const item of items) {
          done.delete(item);
          for (const [id, command] of underWay) if (command.item === item) underWay.delete(id);
        }
        break;
    }
  }
  return null;
}

const isForItem = ({ type }: Command): boolean =>
  type !== 'ReadRemote' && type !== 'ScanLocal' && !type.endsWith('Subscription');

/** Every change makes another version, and may get a time of its own: with these each repetition would look new. */
const withoutVersions = (what: Command | CommandSucceeded): string =>
  JSON.stringify({ ...what, id: undefined }, (key, value: unknown) =>
    versions.has(key) ? undefined : value,
  );

const versions = new Set([
  ...['command', 'reason', 'requestIds', 'ifMatch', 'eTag', 'cTag', 'stamp'],
  'modifiedAt',
]);
