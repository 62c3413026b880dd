/** What the filters of the product say of the same: settings read from the text of the files, the tree walked as it is walked. */
import { createFilter, loadSettings, parseCommandLine } from '@tidemark/settings';
import type { Answer, Configuration, Node } from './evaluator.ts';

export type Side = 'local' | 'remote';

/** Null when the settings are refused, with the lines that say why. */
export function askProduct(
  configuration: Configuration,
  roots: readonly Node[],
  side: Side,
): ReadonlyMap<string, Answer> | { readonly refused: readonly string[] } {
  const parsed = parseCommandLine(['--sync'], 'onedrive');
  if (parsed.type === 'refused') throw new Error(parsed.lines.join('\n'));
  const text = configText(configuration);
  const syncList = configuration.syncList?.join('\n');
  const loaded = loadSettings({
    commandLine: parsed.commandLine,
    files: {
      config: { path: '/config', origin: 'user', text },
      ...(syncList !== undefined && { syncList: { text: syncList } }),
    },
    environment: { home: '/home/user', version: 'v0' },
  });
  if (!loaded.ok) return { refused: loaded.lines };
  return walk(createFilter(loaded.settings, syncList), roots, side);
}

function configText(configuration: Configuration): string {
  const { skipFile, skipDir, isStrict, skipDotfiles, skipSymlinks, skipSize, checkNosync, syncRootFiles } =
    configuration;
  const lines: readonly (readonly [string, string | number | boolean])[] = [
    ['skip_file', skipFile.join('|')],
    ['skip_dir', skipDir.join('|')],
    ['skip_dir_strict_match', isStrict],
    ['skip_dotfiles', skipDotfiles],
    ['skip_symlinks', skipSymlinks],
    ['skip_size', skipSize],
    ['check_nosync', checkNosync],
    ['sync_root_files', syncRootFiles],
  ];
  return lines.map(([key, value]) => `${key} = "${value}"\n`).join('');
}

/** A folder that is out is entered where something below may be in, and made when something is. */
function walk(
  filter: ReturnType<typeof createFilter>,
  roots: readonly Node[],
  side: Side,
): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  const leaveOut = (node: Node, path: string): void => {
    answers.set(path, 'out');
    for (const child of node.children) leaveOut(child, `${path}/${child.name}`);
  };
  const visit = (node: Node, path: string, isBelowMarker: boolean): boolean => {
    const { name, kind, sizeBytes, children } = node;
    const isMarked = isBelowMarker || node.hasMarker;
    const verdict = filter({
      ...{ path, name, kind, sizeBytes, side },
      ...(node.isLink && side === 'local' && { link: 'symbolic' as const }),
      ...(isMarked && { marker: '.nosync' as const }),
    });
    if (!verdict.included && !verdict.mayContainIncluded) {
      leaveOut(node, path);
      return false;
    }
    const isAnyIn = children.map((child) => visit(child, `${path}/${child.name}`, isMarked)).includes(true);
    const isIn = verdict.included || isAnyIn;
    answers.set(path, isIn ? 'in' : 'out');
    return isIn;
  };
  for (const root of roots) visit(root, root.name, false);
  return answers;
}
