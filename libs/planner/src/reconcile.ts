/**
 * Reconcile: what one item needs, given its three entries. No I/O, no clock, no order of calls: the same entries always
 * give the same decision, and carrying it out makes the difference disappear.
 *
 * Notation in the comments: R, L, S are the remote, local and synced entry; R=S means "as last agreed".
 */
import type { ItemId } from '@tidemark/contracts';
import { commandEffects, isYoungStamp, rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { bringDown, bringUp } from './create.ts';
import { reconcileContent } from './content.ts';
import { deleteLocal, deleteRemote } from './deletion.ts';
import { folderAbove, missingAt } from './folders-above.ts';
import { leftOnTheWay } from './on-the-way.ts';
import { goesUnagreed } from './one-truth.ts';
import { reconcilePlace } from './place.ts';
import { ignoredBy } from './scope.ts';
import { readLocal } from './read-local.ts';
import { removeSource } from './source.ts';
import type { Decision, Draft, PlanningView } from './view.ts';
import { rest, waitFor } from './view.ts';

export function reconcile(view: PlanningView, item: Item): Decision {
  const decision = decide(view, item);
  return decision.type === 'act' && isOfDoubt(decision.command)
    ? readLocal(view, item, 'local stamp young')
    : decision;
}

/**
 * A change of a file that may have been saved again within the same second: it has to be known to the last byte before. The disk
 * would refuse the change, and reading the file outgrows that second.
 */
const isOfDoubt = (command: Draft): boolean =>
  commandEffects[command.type] === 'writesDisk' &&
  'expected' in command &&
  command.expected !== null &&
  isYoungStamp(command.expected.stamp);

function decide(view: PlanningView, item: Item): Decision {
  if (item.id === rootItem || view.inFlight.has(item.id) || view.resting(item.id)) return rest;
  const { remote, local, synced } = item;
  // Opaque items and oddities hold their name and are otherwise left alone.
  if (
    remote !== null &&
    (remote.kind === 'opaque' || (remote.oddity !== undefined && remote.kind === 'file'))
  )
    return rest;
  const outOfScope = ignoredBy(view, item);
  if (outOfScope !== null) return outOfScope;
  if (view.unseen(item)) return waitFor('remoteKnown');
  const above = busyAbove(view, item) ?? unknownAbove(view, item);
  if (above !== null) return waitFor(above);

  if (remote === null && local === null) return rest;
  const arrival = ofArrival(view, item);
  if (arrival !== null) return arrival;

  // From here on at least one side shows the item.
  if (remote === null) {
    // L only. Without S the drive has never shown it; with S the drive has shown that it is gone.
    if (local === null) return rest;
    if (synced === null && !goesUnagreed(view.policy, item, 'local'))
      return (
        leftOnTheWay(view, item, 'local') ??
        bringUp(view, item, local, { rule: 'local-new', differs: 'local, no remote, never agreed' })
      );
    return deleteLocal(view, item, local);
  }
  if (local === null) {
    // R only. Without S it is new; with S a complete scan has shown that it is gone from the disk.
    if (synced === null && !goesUnagreed(view.policy, item, 'remote'))
      return (
        leftOnTheWay(view, item, 'remote') ??
        bringDown(view, item, remote, { rule: 'remote-new', differs: 'remote, no local, never agreed' })
      );
    return deleteRemote(view, item, remote);
  }

  // Both sides show it. Place first: a transfer under a wrong name would have to be repeated in words.
  const both = { item, remote, local };
  const place = reconcilePlace(view, both);
  if (place.type !== 'rest') return place;
  // Now R and L are at one place, or the policy leaves them apart.
  const content =
    remote.kind === 'file' && local.kind === 'file' ? reconcileContent(view, both, synced) : rest;
  return content.type === 'rest' ? removeSource(view, both, synced) : content;
}

/** The drive shows something new that may be what was sent for this item, or it is that itself. Only bytes tell. */
function ofArrival(view: PlanningView, item: Item): Decision | null {
  if (view.arrivals.size === 0) return null;
  const sender = view.arrivals.get(item.id);
  if (sender !== undefined) return waitFor(sender);
  const isSender = item.remote === null && [...view.arrivals.values()].includes(item.id);
  return isSender ? readLocal(view, item, 'sent, no answer') : null;
}

/** A folder above that is being moved or removed makes every path below it stale. */
function busyAbove({ trees, inFlight }: PlanningView, item: Item): ItemId | null {
  return inFlight.size === 0 ? null : folderAbove(trees, item, (folder) => inFlight.has(folder));
}

/** A mount on disk that is away, or a folder above whose content the drive does not list: what is in it now is unknown. */
function unknownAbove(view: PlanningView, item: Item): ItemId | null {
  const { unlistable } = view.trees;
  const missing = item.local === null ? null : missingAt(view, item);
  if (missing !== null || unlistable.size === 0) return missing;
  return folderAbove(view.trees, item, (folder) => unlistable.has(folder));
}
