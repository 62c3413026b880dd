/** What is removed goes to our trash, or to that of the desktop. A link, which is none of the user's content, to ours. */
import { renameSync } from 'node:fs';
import type { DiskContext } from './context.ts';
import { giveBack, isStill, trashPlace } from './displaced.ts';
import { failure } from './errno.ts';
import { type OpenFile, pathIn } from './expected.ts';
import type { Folder } from './folders.ts';
import { isFile } from './identity.ts';
import { recycle } from './recycle-bin.ts';

/** A file or a symbolic link. @returns where it is, relative to the trash */
export async function toTrash(
  context: DiskContext,
  folder: Folder,
  name: string,
  opened: OpenFile,
  isOnlyCopy = false,
): Promise<string> {
  const path = pathIn(folder, name);
  const { recycleBin } = context.options;
  if (recycleBin !== undefined && isFile(opened.stats))
    return recycle(context, recycleBin, folder, name, opened);
  const workspace = context.workspace(folder);
  const place = trashPlace(context, workspace, name, path, opened.stats.size, isOnlyCopy);
  renameSync(folder.base + name, workspace.trash.base + place);
  if (isStill(workspace.trash, place, opened.fd, opened.stats)) return workspace.trashPrefix + place;
  giveBack(context, workspace.trash, place, folder, name);
  throw failure('changedMeanwhile', 'delete', path, 'it changed at the last moment');
}
