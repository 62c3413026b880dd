/**
 * What a cleanup leaves on disk although it is not online: `sync_list` lets it in, and leaves out the folder that it is in. The peer
 * names it, and each folder that stays with it.
 */
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { Line } from './line.ts';
import { verbose } from './line.ts';
import { dotted } from './paths.ts';

/** Because of `sync_list`, and of no other rule. */
export const isRetained = ({ retained, detail }: ItemVerdict): boolean =>
  retained !== undefined && detail.includes('excluded by sync_list config');

/**
 * @param marked paths of which it was told in this run that they stay; takes in those of the batch
 * @param batch folders before what is in them
 */
export function renderRetained(marked: Set<string>, batch: readonly ItemVerdict[]): readonly Line[] {
  const left = new Set(batch.flatMap(({ path, standing }) => (standing === 'ignored' ? [path] : [])));
  const mark = (path: string, what: string): Line[] => {
    if (marked.has(path))
      return [verbose(`Path already marked for retention - retaining path: ${dotted(path)}`)];
    marked.add(path);
    return [
      verbose(`Local ${what} should be retained due to 'sync_list' inclusion: ${dotted(path)}`),
      verbose(`Path retained due to 'sync_list' inclusion: ${dotted(path)}`),
    ];
  };
  return batch.filter(isRetained).flatMap(({ path, retained }) => [
    ...foldersAbove(path)
      .filter((folder) => left.has(folder) || marked.has(folder))
      .flatMap((folder) => mark(folder, 'parent directory')),
    ...mark(path, retained === 'folder' ? 'directory' : 'file'),
  ]);
}

/** The outermost first. */
function foldersAbove(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}
