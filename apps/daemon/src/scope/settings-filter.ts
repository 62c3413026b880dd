/**
 * What the client itself leaves alone: what no plugin may let in, since it keeps the sync safe or the drive does not take it; and
 * then what the filters of the settings say. Pure, and asked of every item.
 */
import type { FilterPolicy } from '@tidemark/contracts';
import { earlierMarkerName, innerWorkspaceName } from '@tidemark/disk';
import type { RulesFor } from '@tidemark/engine';
import type { Filtered } from '@tidemark/plugin-filter';
import { filterOf } from '@tidemark/plugin-filter';
import { checkName, LARGEST_FILE_BYTES } from '@tidemark/settings';

export type RuleItem = Parameters<ReturnType<RulesFor>['ignore']>[0];

export interface LeftOut {
  readonly rule: Filtered['rule'] | 'ownName' | 'name' | 'largestFile';
  /** The pattern, limit or line that decided; of a name, what is wrong with it. */
  readonly detail: string;
  /** As the log has it. */
  readonly line: string;
  /** A folder that is made for what is in it alone. */
  readonly onTheWay?: true;
}

/** Of an item, null when it may be let in, if only as a folder on the way to something. */
export type SettingsFilter = (item: RuleItem) => LeftOut | null;

export function settingsFilter(policy: FilterPolicy): SettingsFilter {
  const asked = wholeFilter(policy);
  return (item) => {
    const left = asked(item);
    return left?.onTheWay === true ? null : left;
  };
}

/** The same, with the folders that are only on the way to something. */
export function wholeFilter(policy: FilterPolicy): SettingsFilter {
  const [safe, filter] = [neverSynced(policy), filterOf(policy)];
  return (item) => safe(item) ?? filter(item);
}

/** Names that are never synced, and what the drive does not hold. */
export const neverSynced =
  ({ accountKind }: Pick<FilterPolicy, 'accountKind'>): SettingsFilter =>
  (item) => {
    // Other clients carry them online, since they do not know that these names are ours.
    if (item.path === earlierMarkerName || item.path.split('/').includes(innerWorkspaceName)) return ownName;
    if (item.side === 'remote') return null;
    const problem = checkName(item.path, item.name, { accountKind });
    if (problem !== undefined) return { rule: 'name', detail: problem.detail, line: problem.line };
    return item.sizeBytes > LARGEST_FILE_BYTES ? largestFile : null;
  };

const ownName: LeftOut = {
  rule: 'ownName',
  detail: '',
  line: 'the name is reserved for what Tidemark keeps in the sync folder',
};

const largestFile: LeftOut = {
  rule: 'largestFile',
  detail: '250 GB',
  line: 'larger than the 250 GB that the drive takes',
};
