/** The rules a policy stands for: names that are never synced, the filters of the settings, then those of plugins. Replay builds the same ones from the log. */
import type { FilterPolicy, Policy } from '@tidemark/contracts';
import { earlierMarkerName, innerWorkspaceName } from '@tidemark/disk';
import type { RulesFor } from '@tidemark/engine';
import { checkName, createFilter, LARGEST_FILE_BYTES } from '@tidemark/settings';

type Rules = ReturnType<RulesFor>;
type RuleItem = Parameters<Rules['ignore']>[0];

/** `plugins`: asked after the filters, in the order of the configuration. */
export function createRulesFor(plugins: Rules | null = null): RulesFor {
  return (policy: Policy): Rules => {
    const filter = compile(policy.filter);
    return {
      ignore: (item) => filter(item) ?? plugins?.ignore(item) ?? null,
      resolve: (conflict) => plugins?.resolve(conflict) ?? null,
      ...(plugins?.mayChange === true ? { mayChange: true } : {}),
    };
  };
}

const name = 'settings';

function compile(policy: FilterPolicy): Rules['ignore'] {
  const filter = createFilter(
    {
      skip_file: split(policy.skipFile),
      skip_dir: split(policy.skipDir),
      skip_dir_strict_match: policy.skipDirStrictMatch,
      skip_dotfiles: policy.skipDotfiles,
      skip_symlinks: policy.skipSymlinks,
      skip_size: policy.skipSizeBytes / (1024 * 1024),
      check_nosync: policy.checkNosync,
      sync_root_files: policy.syncRootFiles,
    },
    policy.syncList ?? undefined,
  );
  return (item) => {
    // Other clients carry them online, since they do not know that these names are ours.
    if (item.path === earlierMarkerName || item.path.split('/').includes(innerWorkspaceName))
      return { plugin: name, detail: 'the name is reserved for what Tidemark keeps in the sync folder' };
    if (item.side === 'local') {
      const problem = checkName(item.path, item.name, { accountKind: policy.accountKind });
      if (problem !== undefined) return { plugin: name, detail: problem.line };
      if (item.sizeBytes > LARGEST_FILE_BYTES)
        return { plugin: name, detail: 'larger than the 250 GB that the drive takes' };
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
    if (!verdict.included && !verdict.mayContainIncluded) return { plugin: name, detail: verdict.line };
    // Last, since it is no scope: what a filter says of an item outside holds in the next run as well.
    return isOutside(item, policy.singleDirectory) ? outsideThisRun : null;
  };
}

const outsideThisRun = {
  plugin: name,
  detail: 'outside the directory that this run is restricted to',
  forThisRun: true,
} as const;

/** The way down to the directory stays in scope, as far as folders go. */
function isOutside(item: RuleItem, directory: string | null): boolean {
  if (directory === null || item.path === directory || item.path.startsWith(`${directory}/`)) return false;
  return !(item.kind === 'folder' && directory.startsWith(`${item.path}/`));
}

const split = (patterns: string): string[] => patterns.split('|').filter((pattern) => pattern !== '');
