/** What the settings leave alone: names that are never synced, then the filters. Pure, and asked of every item. */
import type { FilterPolicy } from '@tidemark/contracts';
import { earlierMarkerName, innerWorkspaceName } from '@tidemark/disk';
import type { RulesFor } from '@tidemark/engine';
import type { FilterRule } from '@tidemark/settings';
import { checkName, createFilter, LARGEST_FILE_BYTES } from '@tidemark/settings';

export type RuleItem = Parameters<ReturnType<RulesFor>['ignore']>[0];

export interface LeftOut {
  readonly rule: FilterRule | 'ownName' | 'name' | 'largestFile' | 'single_directory';
  /** The pattern, limit or line that decided; of a name, what is wrong with it. */
  readonly detail: string;
  /** As the log has it. */
  readonly line: string;
}

/** Of an item, null when the settings let it in. */
export type SettingsFilter = (item: RuleItem) => LeftOut | null;

export function settingsFilter(policy: FilterPolicy): SettingsFilter {
  const filter = createFilter(
    {
      skip_file: split(policy.skipFile),
      skip_dir: split(policy.skipDir),
      skip_dir_strict_match: policy.skipDirStrictMatch,
      skip_dotfiles: policy.skipDotfiles,
      skip_symlinks: policy.skipSymlinks,
      skip_size: policy.skipSizeBytes / bytesPerMegabyte,
      check_nosync: policy.checkNosync,
      sync_root_files: policy.syncRootFiles,
    },
    policy.syncList ?? undefined,
  );
  return (item) => {
    // Other clients carry them online, since they do not know that these names are ours.
    if (item.path === earlierMarkerName || item.path.split('/').includes(innerWorkspaceName)) return ownName;
    if (item.side === 'local') {
      const problem = checkName(item.path, item.name, { accountKind: policy.accountKind });
      if (problem !== undefined) return { rule: 'name', detail: problem.detail, line: problem.line };
      if (item.sizeBytes > LARGEST_FILE_BYTES) return largestFile;
    }
    const verdict = filter({
      path: item.path,
      name: item.name,
      kind: item.kind,
      sizeBytes: item.sizeBytes,
      side: item.side,
      history: item.known ? 'known' : 'new',
      ...(item.nosync ? { marker: '.nosync' as const } : {}),
    });
    if (!verdict.included && !verdict.mayContainIncluded) return verdict;
    // Last, since it is no scope: what a filter says of an item outside holds in the next run as well.
    const { singleDirectory } = policy;
    if (singleDirectory === null || !isOutside(item, singleDirectory)) return null;
    return { rule: 'single_directory', detail: singleDirectory, line: outside };
  };
}

export const bytesPerMegabyte = 1024 * 1024;

const outside = 'outside the directory that this run is restricted to';

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

/** The way down to the directory stays in scope, as far as folders go. */
function isOutside(item: RuleItem, directory: string): boolean {
  if (item.path === directory || item.path.startsWith(`${directory}/`)) return false;
  return !(item.kind === 'folder' && directory.startsWith(`${item.path}/`));
}

export const split = (patterns: string): string[] => patterns.split('|').filter((pattern) => pattern !== '');
