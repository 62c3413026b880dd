/** Making what one side has appear on the other. */
import type { Established } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item, LocalEntry, RemoteEntry } from '@tidemark/trees';
import { itemOf, pathOf } from '@tidemark/trees';
import { waitsForSpace } from './drive-full.ts';
import { missingAt } from './folders-above.ts';
import { leaveTemporaryName } from './swap.ts';
import { nameHeld } from './names.ts';
import type { Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, expectedRemote, join, mayWrite, rest, waitFor } from './view.ts';

/** Drive to disk: a folder is made, a file is downloaded to a name that must be free. */
export function bringDown(view: PlanningView, item: Item, remote: RemoteEntry, why: Why): Decision {
  if (!mayWrite(view.policy, 'local')) return rest;
  // A name is free only if the disk has been looked at.
  if (!view.localKnown) return waitFor('localKnown');
  const parent = itemOf(view.trees, remote.parent);
  if (parent.local === null) return waitFor(parent.id);
  const missing = missingAt(view, parent);
  if (missing !== null) return waitFor(missing);
  const held = leaveTemporaryName(view, item, 'remote') ?? nameHeld(view, item, 'local', remote);
  if (held !== null) return held;
  const folder = pathOf(view.trees, parent, 'local');
  if (folder === null) return waitFor(parent.id);
  const path = join(folder, remote.name);
  const common = about(item, path, why);
  if (remote.kind === 'folder') return act({ type: 'CreateLocalFolder', ...common, establishes: newFolder });
  return act({
    type: 'DownloadFile',
    ...common,
    establishes: newFile,
    remote: expectedRemote(remote),
    expected: null,
    keepAs: null,
  });
}

/** Disk to drive: a folder is made, a file is uploaded under a name that must be free. */
export function bringUp(view: PlanningView, item: Item, local: LocalEntry, why: Why): Decision {
  if (!mayWrite(view.policy, 'remote')) return rest;
  // New here may be old there: only a complete round can tell.
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const parent = itemOf(view.trees, local.parent);
  if (parent.remote === null || parent.remote.kind !== 'folder')
    return parent.id === rootItem ? rest : waitFor(parent.id);
  const held = leaveTemporaryName(view, item, 'local') ?? nameHeld(view, item, 'remote', local);
  if (held !== null) return held;
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(parent.id);
  if (path.length > view.policy.pathLengthMax) {
    return {
      type: 'stuck',
      code: 'nameTooLong',
      detail: `The path has ${path.length} characters, the drive takes ${view.policy.pathLengthMax}`,
    };
  }
  const common = about(item, path, why);
  if (local.kind === 'folder')
    return act({
      type: 'CreateRemoteFolder',
      ...common,
      establishes: newFolder,
      parentId: parent.remote.id,
      name: local.name,
    });
  if (waitsForSpace(view, local.sizeBytes)) return waitFor('driveSpace');
  return act({
    type: 'UploadFile',
    ...common,
    establishes: newFile,
    expected: expectedLocal(local),
    sizeBytes: local.sizeBytes,
    modifiedAt: local.modifiedAt,
    target: { as: 'new', parentId: parent.remote.id, name: local.name },
  });
}

const newFolder: readonly Established[] = ['version', 'place'];
const newFile: readonly Established[] = ['version', 'place', 'time'];
