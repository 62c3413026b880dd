/** What an earlier process left in the workspace when it ended in the middle of something. */
import {
  lstatSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { DiskContext } from './context.ts';
import { giveBack, trashPlace } from './displaced.ts';
import { errnoOf } from './errno.ts';
import type { Folders } from './folders.ts';
import { folderNames } from './path-names.ts';
import { renameFree } from './rename-free.ts';
import { unsealedPath } from './sealed-path.ts';
import { notedBytes } from './durable-bytes.ts';
import { copySuffix } from './staged-file.ts';
import type { Workspace } from './workspace.ts';

const keptMs = 30 * 24 * 3600 * 1000;
const bootFile = 'boot';

/** Throws system errors. */
export function sweep(context: DiskContext, folders: Folders, workspace: Workspace): void {
  sweepIncoming(context, workspace);
  sweepHold(context, folders, workspace);
}

function sweepIncoming(context: DiskContext, workspace: Workspace): void {
  const { base } = workspace.staging;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  const rebooted = readIfThere(base + bootFile)?.trim() !== boot;
  for (const name of readdirSync(base)) {
    if (name === bootFile) continue;
    if (name.endsWith('.flushed')) {
      if (lstatSync(base + name.slice(0, -'.flushed'.length), { throwIfNoEntry: false }) === undefined)
        unlinkSync(base + name);
      continue;
    }
    const stats = lstatSync(base + name);
    // A second link is the file that got its name just before the end: it belongs to the tree.
    const old = context.options.clock.now() - stats.mtimeMs > keptMs;
    if (!stats.isFile() || stats.nlink > 1 || old || name.endsWith(copySuffix)) unlinkSync(base + name);
    // After a power cut only flushed bytes are certainly what was written.
    else if (rebooted) truncateSync(base + name, Math.min(stats.size, notedBytes(`${base}${name}.flushed`)));
  }
  if (rebooted) writeFileSync(base + bootFile, boot, { mode: 0o600 });
}

/** A file in `hold` is a version that had a name: it gets it back when the name is free, else it goes to the trash. */
function sweepHold(context: DiskContext, folders: Folders, workspace: Workspace): void {
  const { base } = workspace.hold;
  for (const name of readdirSync(base)) {
    if (name.endsWith('.path')) continue;
    const operation = name.split('.')[0] ?? name;
    const path = name.endsWith('.displaced') ? unsealedPath(readIfThere(`${base}${operation}.path`)) : null;
    if (path !== null && returned(context, folders, workspace, name, path)) continue;
    // A second name: the version that was kept beside it, or a hard link of the user.
    const stats = lstatSync(base + name, { bigint: true });
    if (stats.nlink > 1n) unlinkSync(base + name);
    else
      renameFree(
        context.renames,
        workspace.hold,
        name,
        workspace.trash,
        trashPlace(context, workspace, name, null, stats.size),
      );
  }
  for (const name of readdirSync(base)) if (name.endsWith('.path')) unlinkSync(base + name);
}

function returned(
  context: DiskContext,
  folders: Folders,
  workspace: Workspace,
  name: string,
  path: string,
): boolean {
  const names = folderNames('restore', path);
  const leaf = names[names.length - 1];
  if (leaf === undefined) return false;
  let folder;
  try {
    folder = folders.enter('restore', names.slice(0, -1));
  } catch {
    // Its folder is gone as well: the trash keeps it.
    return false;
  }
  try {
    if (lstatSync(folder.base + leaf, { throwIfNoEntry: false }) !== undefined) return false;
    giveBack(context, workspace.hold, name, folder, leaf);
    return true;
  } finally {
    folders.leave(folder);
  }
}

function readIfThere(file: string): string | null {
  try {
    const fd = openSync(file, 'r');
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
