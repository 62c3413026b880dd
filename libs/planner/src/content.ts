/** Files that both sides show: whose bytes go where, and what is kept when both changed. */
import type { Established, KeptName } from '@tidemark/contracts';
import type { Item, LocalEntry, SyncedEntry } from '@tidemark/trees';
import { contentBetween, itemOf, localContent, pathOf, remoteContent, sameTime } from '@tidemark/trees';
import { waitsForSpace } from './drive-full.ts';
import { keepLocalCopy } from './keep-local-copy.ts';
import { freeKeptNames, mayBeKept } from './kept-name.ts';
import { readLocal } from './read-local.ts';
import type { Both, Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, expectedRemote, mayWrite, rest, waitFor } from './view.ts';

export function reconcileContent(view: PlanningView, both: Both, synced: SyncedEntry | null): Decision {
  const { item, remote, local } = both;
  if (!view.localKnown) return waitFor('localKnown');
  const between = contentBetween(remote, local, item.match);
  const localState = synced === null ? 'changed' : localContent(local, synced);
  const remoteState = synced === null ? 'changed' : remoteContent(remote, synced);
  if (between === 'same' || (localState === 'same' && remoteState === 'same'))
    return reconcileTime(view, both, synced);

  // The bytes differ, or have not been compared. Reading the disk is cheaper than any transfer, so it settles the doubt first.
  if (localState === 'unknown' || (between === 'unknown' && local.hash === null && remote.hash !== null))
    return readLocal(view, item, 'local hash unknown');

  // From here on the local side is known to be changed or not, and so is the remote one.
  if (synced !== null && isDamaged(local, synced)) {
    const keepAs = freeKeptNames(view, local.parent, local.name);
    return download(view, both, keepAs, {
      rule: 'local-damaged',
      differs: 'local empty with the synced time',
    });
  }
  if (localState === 'same')
    return download(view, both, null, { rule: 'remote-changed', differs: 'remote≠synced, local=synced' });
  if (remoteState === 'same') return upload(view, both);

  // Both changed, or there never was an agreement: a conflict. Both versions survive; only the name is at stake.
  return resolveConflict(view, both, synced);
}

/** A program that empties a file gives it another time; a file system after a crash may not. */
const isDamaged = (local: LocalEntry, synced: SyncedEntry): boolean =>
  local.sizeBytes === 0 && synced.sizeBytes > 0 && local.modifiedAt === synced.localModifiedAt;

function resolveConflict(view: PlanningView, both: Both, synced: SyncedEntry | null): Decision {
  const { item, remote, local } = both;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  const path = pathOf(view.trees, item, 'local') ?? local.name;
  const verdict = view.rules.resolve({
    path,
    local: { sizeBytes: local.sizeBytes, modifiedAt: local.modifiedAt },
    remote: { sizeBytes: remote.sizeBytes, modifiedAt: remote.modifiedAt },
  });
  const differs =
    synced === null ? 'remote≠local, never agreed' : 'remote≠synced, local≠synced, remote≠local';
  const why = { differs, ...(verdict !== null && { plugin: verdict.plugin }) };
  const keepsName = verdict?.keepsName ?? nameKeeper(view, both);
  if (keepsName === 'remote' && view.policy.direction === 'upload') return keepLocalCopy(view, both, why);
  if (keepsName === 'remote') {
    if (view.policy.bypassPreservation)
      return download(view, both, null, { rule: 'conflict-replaced', ...why });
    if (local.hash === null && mayBeKept(view, local)) return readLocal(view, item, 'local hash unknown');
    const keepAs = freeKeptNames(view, local.parent, local.name, local.hash);
    return download(view, both, keepAs, { rule: 'conflict-remote-keeps-name', ...why });
  }
  const folder = pathOf(view.trees, itemOf(view.trees, local.parent), 'local');
  if (folder === null) return waitFor(local.parent);
  return act({
    type: 'KeepRemoteCopy',
    ...about(item, path, { rule: 'conflict-local-keeps-name', ...why }),
    establishes: contentAlone(item),
    remote: expectedRemote(remote),
    folder,
    keepAs: freeKeptNames(view, local.parent, local.name),
  });
}

/** Direction and `local_first` decide, else the newer modification time; without a base, and in a tie, the drive. */
function nameKeeper({ policy, withoutBase }: PlanningView, { remote, local }: Both): 'local' | 'remote' {
  const { direction, localFirst, removeSource, bypassPreservation } = policy;
  if (direction === 'download') return 'remote';
  if (localFirst) return 'local';
  // No copy may stay on disk, or none is wanted.
  if (direction === 'upload' && (removeSource !== undefined || bypassPreservation)) return 'local';
  if (withoutBase && direction === 'both') return 'remote';
  return local.modifiedAt > remote.modifiedAt ? 'local' : 'remote';
}

function download(
  view: PlanningView,
  { item, remote, local }: Both,
  keepAs: KeptName | null,
  why: Why,
): Decision {
  if (!mayWrite(view.policy, 'local')) return rest;
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  return act({
    type: 'DownloadFile',
    ...about(item, path, why),
    // A file that is there already and holds the same bytes keeps its own time.
    establishes: [...contentAlone(item), ...(keepAs === null ? (['time'] as const) : [])],
    remote: expectedRemote(remote),
    expected: expectedLocal(local),
    keepAs,
  });
}

function upload(view: PlanningView, { item, remote, local }: Both): Decision {
  if (!mayWrite(view.policy, 'remote')) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (view.held('replacementsOnDrive', item.id)) return waitFor('replacementsOnDrive');
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  if (waitsForSpace(view, local.sizeBytes)) return waitFor('driveSpace');
  return act({
    type: 'UploadFile',
    ...about(item, path, { rule: 'local-changed', differs: 'local≠synced, remote=synced' }),
    establishes: [...contentAlone(item), 'time'],
    expected: expectedLocal(local),
    sizeBytes: local.sizeBytes,
    modifiedAt: local.modifiedAt,
    target: { as: 'version', id: remote.id, ifMatch: remote.eTag },
  });
}

/** The place was agreed on before, unless nothing was. */
const contentAlone = ({ synced }: Item): readonly Established[] =>
  synced === null ? ['version', 'place'] : ['version'];

/**
 * Same bytes, other times. The planner sends the local time to the drive only if it is newer and the user changed it since both
 * sides agreed. Without a base, never. In every other case the disk follows the drive.
 */
function reconcileTime(
  view: PlanningView,
  { item, remote, local }: Both,
  synced: SyncedEntry | null,
): Decision {
  if (sameTime(remote, local, synced)) return rest;
  // What the drive showed last may be of long ago, and the base may be about to be compared anew.
  if (!view.remoteKnown) return waitFor('remoteKnown');
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  const localIsNewer =
    local.modifiedAt > remote.modifiedAt && synced !== null && local.modifiedAt !== synced.localModifiedAt;
  if (localIsNewer && !view.withoutBase && mayWrite(view.policy, 'remote')) {
    return act({
      type: 'SetRemoteTime',
      ...about(item, path, { rule: 'local-time', differs: 'local time≠synced time' }),
      establishes: ['time'],
      driveItemId: remote.id,
      ifMatch: remote.eTag,
      modifiedAt: local.modifiedAt,
    });
  }
  if (!mayWrite(view.policy, 'local')) return rest;
  return act({
    type: 'SetLocalTime',
    ...about(item, path, { rule: 'remote-time', differs: 'remote time≠local time' }),
    establishes: ['time'],
    expected: expectedLocal(local),
    modifiedAt: remote.modifiedAt,
  });
}
