/** What holds of an item for a while, beside what both sides show of it: it begins with one event and ends with another. */
import type { Event, LocalOddity } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { isWithin, itemOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { quote } from './commands.ts';

export type Condition = 'unseenOnDrive' | 'unseenOnDisk' | 'hidden' | 'outOfScope' | 'driveSuspended';

interface ConditionInWords {
  /** The side that it is about; null: both. */
  readonly side: Side | null;
  /** In words; null when it does not hold. */
  readonly why: (state: State, item: Item) => string | null;
  readonly begins: (why: string, event: Event) => string;
  readonly ends: string;
}

export const conditions: Readonly<Record<Condition, ConditionInWords>> = {
  unseenOnDrive: {
    side: 'remote',
    why: (state, { remote }) =>
      remote !== null && state.remote.unseen.has(remote.id) && doubtOf(state) === null ? '' : null,
    begins: (_why, event) =>
      'full' in event && event.full
        ? 'A complete listing of the drive did not contain it, so it is read by its id'
        : 'The drive was not of one mind about it, so it is read by its id',
    ends: 'Reading it by its id did not show that it is gone',
  },
  unseenOnDisk: {
    side: 'local',
    why: (state, { local }) => (local !== null && state.local.unseen.has(local.id) ? '' : null),
    begins: (_why, event) =>
      `A ${'partial' in event ? 'look into its folder on disk' : 'complete look at the disk'} did not find it`,
    ends: 'A second look found it again',
  },
  hidden: {
    side: null,
    why: hiddenBy,
    begins: (why, event) =>
      `A look${'command' in event ? ` (${event.command})` : ''} found that ${why}. ` +
      'What is there is unknown since then, and nothing is decided because of it',
    ends: 'A look can tell of it again',
  },
  outOfScope: {
    side: null,
    why: ({ outOfScope }, { id }) => {
      const verdict = outOfScope.get(id);
      return verdict === undefined ? null : `${verdict.plugin}: ${verdict.detail}`;
    },
    begins: (why) =>
      `It left the scope of the sync (${why}), which ended the agreement: what happens to it on one side is not repeated on the other`,
    ends: 'It is in the scope of the sync again, so both sides are compared anew',
  },
  driveSuspended: {
    side: null,
    why: doubtOf,
    begins: (why) => `${why}: the drive's side is suspended`,
    ends: "The drive's side is suspended no longer",
  },
};

export const conditionNames = Object.keys(conditions) as readonly Condition[];

function doubtOf({ remote, halted }: State): string | null {
  const failure = remote.look.state === 'suspended' ? remote.look.failure : halted;
  return failure?.code === 'driveSuspended' ? failure.detail : null;
}

/** What keeps a side from telling of the item. What cannot be seen is unknown, not gone. */
function hiddenBy(state: State, item: Item): string | null {
  const { trees } = state;
  const folder = [...trees.unlistable].find(
    (one) => one !== item.id && isWithin(trees, item.id, one, 'remote'),
  );
  if (folder !== undefined) {
    const parent = itemOf(trees, folder);
    return `the drive cannot tell of it, because of ${quote(shownPath(trees, parent))}: ${parent.remote?.oddity}`;
  }
  const oddity = oddityAt(state, shownPath(trees, item));
  return oddity && `the disk cannot tell of it, because of ${quote(oddity.path)}: ${oddity.detail}`;
}

/** What keeps a path that no item ever held from being synced. Null when the last complete scan found nothing unusual there or above. */
export const oddityAt = ({ local }: State, path: string): LocalOddity | null =>
  local.oddities.find((one) => path === one.path || path.startsWith(`${one.path}/`)) ?? null;

export function renderOddity(path: string, oddity: LocalOddity): string[] {
  const where = oddity.path === path ? '' : `, because it is inside ${quote(oddity.path)}`;
  return [`${quote(path)} is not synced${where}`, oddityText(oddity)];
}

export const oddityText = ({ code, detail }: LocalOddity): string => `${words[code]}: ${detail}`;

const words = {
  notUtf8: 'Its name is not UTF-8, which the drive cannot hold',
  special: 'It is neither a file nor a folder',
  symlink: 'It is a symbolic link',
  unfollowed: 'It is a symbolic link that is not followed',
  unreadable: 'It could not be read',
} as const satisfies Record<LocalOddity['code'], string>;
