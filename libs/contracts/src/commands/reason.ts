/** Reasons: why a command was planned. Shown by `explain`, compared by replay. */
import type { Seq } from '../identity.ts';

/** Every rule of the planner, with the sentence `explain` prints for it. */
export const ruleTexts = {
  'remote-new': 'it is new on the drive',
  'remote-changed': 'its content changed on the drive and not on disk',
  'remote-moved': 'it was renamed or moved on the drive',
  'remote-deleted': 'it was deleted on the drive and had not changed on disk since the last agreement',
  'remote-edit-beats-local-delete':
    'it was deleted on disk, but what is on the drive changed since; the changed version wins',
  'remote-time': 'the drive has another modification time; the content is the same',
  'local-new': 'it is new on disk',
  'local-damaged':
    'it is empty on disk with the time of its old content, as a crash leaves files; the empty one is kept beside it',
  'local-changed': 'its content changed on disk and not on the drive',
  'local-moved': 'it was renamed or moved on disk',
  'local-deleted': 'it was deleted on disk and had not changed on the drive since the last agreement',
  'local-edit-beats-remote-delete':
    'it was deleted on the drive, but what is on disk changed since; the changed version wins',
  'edit-steps-aside':
    'it was deleted on the drive, but its content on disk changed since: the changed version is kept under the name of a safe backup',
  'edit-kept-already':
    'it was deleted on the drive, and the changed version on disk is kept already under the name of a safe backup',
  'local-time': 'it has a newer modification time on disk; the content is the same',
  'holds-survivors': 'something inside it survives, so the folder must exist on both sides',
  'source-uploaded': 'the drive has the same bytes, and what was uploaded is not to stay on disk',
  'source-emptied':
    'what was in it has been uploaded and removed, and folders that this empties are not to stay on disk',
  'only-on-disk': 'the drive does not have it, and nothing is to stay on disk that the drive does not have',
  'file-only-on-drive':
    'the file is not on disk, and nothing is to stay on the drive that the disk does not have',
  'folder-only-on-drive':
    'the folder is not on disk, and nothing is to stay on the drive that the disk does not have',
  'conflict-remote-keeps-name':
    'both sides changed: the version of the drive keeps the name, the local version is kept beside it',
  'conflict-local-keeps-name':
    'both sides changed: the local version keeps the name, the version of the drive is kept beside it',
  'conflict-kept-apart':
    'both sides changed and the version of the drive is the newer one: it keeps the name there, and a copy of the local version is uploaded beside it',
  'conflict-replaced':
    'both sides changed and data preservation is switched off: the local version goes to the trash',
  'moved-on-both-sides': 'it was moved on both sides, and one place must win',
  'name-taken-on-drive': 'its name belongs to another item on the drive, so the local one steps aside',
  'name-swap':
    'its new name is still held by an item that waits for this one: a temporary name breaks the circle',
  'swap-abandoned':
    'it has the temporary name of a name swap and its other side is gone, so it gets the name that it was on the way to',
  'compare-content': 'both sides have it and only the bytes can tell whether they are equal',
  'run-started': 'a run begins by looking at both sides',
  'hint-received': 'something told that this side may have changed',
  'scope-widened':
    'rules let items in that they left alone, and what happened to these meanwhile is to be seen first',
  'look-again': 'an attempt met something else than expected, so that side is looked at again',
  // glossary: in logs of format 3 and older
  'unlisted-read':
    'a full listing left out known items, and only the changes since tell what is gone from what has just changed',
  'unseen-confirmed': 'a look did not show known items, and a second one tells whether they are gone',
  'still-gone':
    'known items are gone from the disk, and one more look tells whether they are back before they are deleted on the drive',
  'look-due': 'this side has not been looked at for as long as the settings allow',
  'subscription-wanted': 'the service is to tell of changes as they happen',
  'subscription-ends': 'the subscription is about to expire, or the service asked for it',
  'run-stops': 'the run is coming to its end',
  'closing-read': 'this run changed the drive, so its feed is read once more',
} as const satisfies Record<string, string>;

export type RuleId = keyof typeof ruleTexts;

export interface Reason {
  readonly rule: RuleId;
  /** Which entries disagree, in words: `remote≠synced`. */
  readonly differs: string;
  /** Events that last set the entries the decision rests on. */
  readonly causes: readonly Seq[];
  /** Name of the plugin whose rule decided, when one did. */
  readonly plugin?: string;
}
