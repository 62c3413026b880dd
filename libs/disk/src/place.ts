/**
 * The lossless replace (I-17, docs/adr/0001-lossless-replace.md): staged bytes get their name, and nothing that held it is lost. Everything
 * between the last look and the last step runs without a pause, one system call after the other.
 */
import { fstatSync, lstatSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import {
  type ExpectedLocal,
  Failure,
  type KeptName,
  keptNames,
  type LocalRow,
  type Placed,
} from '@tidemark/contracts';
import { type DiskContext, uniqueName } from './context.ts';
import { giveBack, isStill, trashPlace } from './displaced.ts';
import { errnoOf, failure } from './errno.ts';
import { type OpenFile, pathIn, placeOf, refuseYoung, withExpected } from './expected.ts';
import type { Folder } from './folders.ts';
import { identityAnywhere, isFile, rowOf, sameFile } from './identity.ts';
import { type Kept, keepBeside, noKeptName } from './keep-beside.ts';
import { renameFree } from './rename-free.ts';
import { sealedPath } from './sealed-path.ts';
import type { StagedFile } from './staged-file.ts';
import type { Workspace } from './workspace.ts';

export interface Placement {
  readonly context: DiskContext;
  readonly workspace: Workspace;
  readonly file: StagedFile;
  /** Of the staged bytes; null when unknown. */
  readonly hash: string | null;
  readonly modifiedAt: number;
}

const action = 'replace';

/** The name must be free. @throws a system error, EEXIST when it is not */
export function placeNew(placement: Placement, folder: Folder, name: string): LocalRow {
  const { context, workspace, file } = placement;
  // Asked before, since a user may save over the name as soon as it is there.
  const id = identityAnywhere(fstatSync(file.fd, { bigint: true }));
  renameFree(context.renames, workspace.staging, file.name, folder, name);
  context.own.placed(pathIn(folder, name), id);
  return placedRow(placement, folder, name);
}

/** Replaces what has proved to be `expected`. @throws Failure `changedMeanwhile`, `nameTaken`, `preservationFailed` */
export async function replace(
  placement: Placement,
  folder: Folder,
  name: string,
  expected: ExpectedLocal,
  keepAs: KeptName | null,
): Promise<Placed> {
  refuseYoung(action, pathIn(folder, name), expected);
  const replaced = withExpected(action, folder, name, expected, async (opened) => {
    if (!isFile(opened.stats))
      throw failure('changedMeanwhile', action, pathIn(folder, name), 'it is no file');
    const backup = keepAs === null ? null : await keepBeside(placement, folder, name, opened, keepAs);
    let isPlaced = false;
    let trash: string | null;
    try {
      trash = swap(
        placement,
        folder,
        name,
        opened,
        backup?.isLink === true ? backup : null,
        () => (isPlaced = true),
      );
    } finally {
      if (!isPlaced) backup?.forget();
    }
    const row = placedRow(placement, folder, name);
    const kept = backup === null ? null : keptRow(placement.context, backup.folder, backup.name);
    return {
      ...{ row, kept, trash: trash === null ? null : placement.workspace.trashPrefix + trash },
      ...(backup?.isFound === true ? { reused: true as const } : {}),
    };
  });
  return replaced.catch((error: unknown) => {
    const gone = error instanceof Failure && error.code === 'localGone';
    throw gone
      ? failure('changedMeanwhile', action, pathIn(folder, name), 'it is not there any more')
      : error;
  });
}

/**
 * @param backup the second name of the file that is replaced; null: it goes to the trash
 * @param placed called when the name is that of the new file: whatever fails from then on does not change that
 * @returns where it is in the trash of the workspace; null: it is not there
 */
function swap(
  placement: Placement,
  folder: Folder,
  name: string,
  opened: OpenFile,
  backup: Kept | null,
  placed: () => void,
): string | null {
  const { context, workspace, file } = placement;
  const { renames } = context;
  const operation = uniqueName(context);
  const trash =
    backup === null ? trashPlace(context, workspace, name, pathIn(folder, name), opened.stats.size) : null;
  // From here on the file in `hold` is never taken for a download to resume, whichever of the two it is after a crash.
  renameFree(renames, workspace.staging, file.name, workspace.hold, operation);
  const undo = (): void => renameFree(renames, workspace.hold, operation, workspace.staging, file.name);

  if (!renames.exchange({ fd: workspace.hold.fd, name: operation }, { fd: folder.fd, name })) {
    let aside: string;
    try {
      aside = displace(placement, folder, name, opened, operation);
    } catch (error) {
      undo();
      throw error;
    }
    placed();
    putAway(workspace, opened, aside, trash, backup);
    return trash;
  }
  if (isStill(workspace.hold, operation, opened.fd, opened.stats)) {
    placed();
    putAway(workspace, opened, operation, trash, backup);
    return trash;
  }
  // It was the user's. While our file still has the name the two change back; else both of the user's stay visible.
  const mine = fstatSync(file.fd, { bigint: true });
  const there = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
  const back =
    there !== undefined &&
    sameFile(there, mine) &&
    renames.exchange({ fd: workspace.hold.fd, name: operation }, { fd: folder.fd, name });
  if (back && sameFile(lstatSync(workspace.hold.base + operation, { bigint: true }), mine)) undo();
  else giveBack(context, workspace.hold, operation, folder, name);
  throw failure('changedMeanwhile', action, pathIn(folder, name), 'it changed at the last moment');
}

/**
 * Without an exchange: the old file steps aside, the new one takes the free name. The name is absent in between.
 * @returns the name of the old file in `hold`
 */
function displace(
  placement: Placement,
  folder: Folder,
  name: string,
  opened: OpenFile,
  operation: string,
): string {
  const { context, workspace } = placement;
  const aside = `${operation}.displaced`;
  // Tells a later start where the file belongs, should this process end between the next two steps.
  const note = `${workspace.hold.base}${operation}.path`;
  writeFileSync(note, sealedPath(pathIn(folder, name)), { mode: 0o600 });
  try {
    renameSync(folder.base + name, workspace.hold.base + aside);
    if (!isStill(workspace.hold, aside, opened.fd, opened.stats)) {
      giveBack(context, workspace.hold, aside, folder, name);
      throw failure('changedMeanwhile', action, pathIn(folder, name), 'it changed at the last moment');
    }
    try {
      renameFree(context.renames, workspace.hold, operation, folder, name);
    } catch (error) {
      giveBack(context, workspace.hold, aside, folder, name);
      if (errnoOf(error) !== 'EEXIST') throw error;
      throw failure('nameTaken', action, pathIn(folder, name), 'a new file took the name at the last moment');
    }
    return aside;
  } finally {
    unlinkSync(note);
  }
}

/** The displaced file keeps a name: its backup in the tree, or the trash. */
function putAway(
  workspace: Workspace,
  opened: OpenFile,
  displaced: string,
  trash: string | null,
  backup: Kept | null,
): void {
  const displacedFile = workspace.hold.base + displaced;
  if (trash !== null) {
    renameSync(displacedFile, workspace.trash.base + trash);
    return;
  }
  const there =
    backup === null
      ? undefined
      : lstatSync(backup.folder.base + backup.name, { bigint: true, throwIfNoEntry: false });
  // Should the backup have lost its name by now, the displaced file rests in `hold` and the next start puts it in the trash.
  if (there !== undefined && sameFile(there, opened.stats)) unlinkSync(displacedFile);
}

function keptRow(context: DiskContext, folder: Folder, name: string): LocalRow {
  const stats = lstatSync(folder.base + name, { bigint: true });
  return rowOf(stats, placeOf(folder, name, stats), () => context.options.clock.now());
}

/** The hash is vouched for only while the file is as it was staged: it may be written to as soon as it has its name. */
function placedRow(placement: Placement, folder: Folder, name: string): LocalRow {
  const stats = fstatSync(placement.file.fd, { bigint: true });
  const row = rowOf(stats, placeOf(folder, name, stats), () => placement.context.options.clock.now());
  const untouched =
    row.sizeBytes === placement.file.writtenBytes && stats.mtimeNs === placement.file.sealedNs;
  return { ...row, hash: untouched ? placement.hash : null };
}

/** Gives the staged bytes the first free kept name. */
export function placeKept(placement: Placement, folder: Folder, keepAs: KeptName): LocalRow {
  for (const name of keptNames(keepAs)) {
    try {
      return placeNew(placement, folder, name);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  throw noKeptName(folder, keepAs);
}
