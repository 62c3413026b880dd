/** Finds out whether the folder at `sync_dir` is the one that the log speaks of (I-10). */
import type { RootIdentity } from '@tidemark/contracts';
import { Failure, isSameRoot } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import type { RootRecognition, State } from '@tidemark/engine';
import { compareRoot } from '@tidemark/engine';

/** Changes nothing. Throws Failure `rootSuspended` when there is no folder to look at. */
export async function recogniseRoot(
  disk: Pick<FolderDisk, 'root' | 'scan'>,
  state: State,
): Promise<RootRecognition & { readonly root: RootIdentity }> {
  const root = await disk.root({ mark: false });
  const known = state.started?.root ?? null;
  if (known === null || isSameRoot(known, root)) return { verdict: 'same', agreed: 0, met: 0, root };
  const comparison = compareRoot(state, root.id);
  for await (const part of disk.scan()) if ('folders' in part) comparison.take(part.folders);
  return { ...comparison.result(), root };
}

/** Throws Failure `rootSuspended` unless it is the known folder or a copy of it. Says why agreement has to be forgotten; null when it need not. */
export async function trustRoot(
  disk: Pick<FolderDisk, 'root' | 'scan'>,
  state: State,
  folder: string,
): Promise<string | null> {
  const { verdict, agreed, met } = await recogniseRoot(disk, state);
  const share = `${met} of ${agreed} items are there with their size and time`;
  switch (verdict) {
    case 'same':
      return null;
    case 'copy':
      return `the sync folder is a copy of the one that was synced before: ${share}`;
    case 'other':
      throw untrusted(
        `the sync folder "${folder}" is another folder than the one that was synced before: ${share}`,
      );
  }
}

export const untrusted = (detail: string): Failure =>
  new Failure({ code: 'rootSuspended', detail: `Cannot trust the sync folder: ${detail}` });
