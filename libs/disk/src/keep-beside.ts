/** A local version keeps a second name beside the first before it is replaced, so that its content is never without one. */
import { fstatSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { type Failure, type KeptName, keptNames } from '@tidemark/contracts';
import { trashPlace } from './displaced.ts';
import { errnoOf, failure } from './errno.ts';
import { type OpenFile, pathIn } from './expected.ts';
import type { Folder } from './folders.ts';
import { isFile, sameFile } from './identity.ts';
import type { Placement } from './place.ts';
import { linkRefusals, renameFree } from './rename-free.ts';
import { bytesOf, hashOfFile, hashOfOpen } from './stable-file.ts';
import { copySuffix, openStagedFile, type StagedFile } from './staged-file.ts';
import { stampOf } from './stamp.ts';

export interface Kept {
  /** Where the link is, when the file is behind one. */
  readonly folder: Folder;
  readonly name: string;
  /** It is the file itself under a second name. False: another file with the same bytes. */
  readonly isLink: boolean;
  /** It was there already. */
  readonly isFound: boolean;
  /** Takes away the name that was made, as the file was not replaced after all. */
  forget(): void;
}

export function noKeptName(folder: Folder, keepAs: KeptName): Failure {
  const name = `${keepAs.prefix}NNNN${keepAs.suffix}`;
  return failure('preservationFailed', 'keep', pathIn(folder, name), 'all names up to 1000 are taken');
}

/**
 * Gives the file the first free kept name: by a link, or by a copy where the file system refuses links. A file with the same
 * bytes that is already there serves as well.
 * @throws Failure `preservationFailed`, `changedMeanwhile`, and what a copy can fail of
 */
export async function keepBeside(
  placement: Placement,
  folder: Folder,
  name: string,
  opened: OpenFile,
  keepAs: KeptName,
): Promise<Kept> {
  const { renames } = placement.context;
  const home = folder.seenAs?.folder ?? folder;
  for (const kept of keptNames(keepAs)) {
    try {
      renames.link(folder.base + name, home.base + kept);
    } catch (error) {
      const errno = errnoOf(error) ?? 'unknown';
      if (linkRefusals.has(errno)) return copyBeside(placement, folder, name, opened, keepAs);
      if (errno !== 'EEXIST') throw notKept(folder, name, errno, error);
      // The same file: an earlier attempt came as far as this.
      const there = lstatSync(home.base + kept, { bigint: true, throwIfNoEntry: false });
      if (there !== undefined && sameFile(there, opened.stats)) return linked(home, kept, opened);
      if (await isSameContent(folder, name, kept, opened)) return found(home, kept);
      continue;
    }
    const there = lstatSync(home.base + kept, { bigint: true });
    if (!sameFile(there, opened.stats))
      throw failure('changedMeanwhile', 'keep', pathIn(folder, name), 'it was replaced meanwhile');
    return linked(home, kept, opened);
  }
  throw noKeptName(folder, keepAs);
}

/** The copy is whole, proved and durable before it has a name in the tree. The original goes to the trash when it is replaced. */
async function copyBeside(
  placement: Placement,
  folder: Folder,
  name: string,
  opened: OpenFile,
  keepAs: KeptName,
): Promise<Kept> {
  const { context, workspace } = placement;
  const home = folder.seenAs?.folder ?? folder;
  const copy = await copied(placement, folder, name, opened);
  try {
    for (const kept of keptNames(keepAs)) {
      try {
        renameFree(context.renames, workspace.staging, copy.name, home, kept);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
        if (await isSameContent(folder, name, kept, opened)) return found(home, kept);
        continue;
      }
      const made = fstatSync(copy.fd, { bigint: true });
      copy.placed();
      // The second name is durable before the first one goes to other bytes.
      await context.flush.folder(home);
      const forget = (): void => {
        const there = lstatSync(home.base + kept, { bigint: true, throwIfNoEntry: false });
        if (there === undefined || !sameFile(there, made) || stampOf(there) !== stampOf(made)) return;
        // Not unlinked: a user may have saved into it since the look.
        renameSync(
          home.base + kept,
          workspace.trash.base + trashPlace(context, workspace, kept, pathIn(home, kept), made.size),
        );
      };
      return { folder: home, name: kept, isLink: false, isFound: false, forget };
    }
    throw noKeptName(folder, keepAs);
  } finally {
    copy.remove();
  }
}

/** @throws Failure `changedMeanwhile` when it is no longer the version that is opened, `diskFull`, `diskFault` */
async function copied(
  { context, workspace, file }: Placement,
  folder: Folder,
  name: string,
  opened: OpenFile,
): Promise<StagedFile> {
  const path = pathIn(folder, name);
  const { size, mode, mtimeNs } = opened.stats;
  const copy = await openStagedFile(workspace, file.name + copySuffix, Number(size), path, 0, context);
  try {
    await copy.restart();
    for await (const chunk of bytesOf(folder, name, opened.stats, 0)) await copy.write(chunk);
    await copy.seal(Number(mtimeNs) / 1e9, Number(mode & 0o777n));
    if (copy.hash() !== (await hashOfOpen(copy.fd)))
      throw failure('diskFault', 'keep', path, 'the copy has other bytes');
    return copy;
  } catch (error) {
    copy.remove();
    throw error;
  }
}

const found = (folder: Folder, name: string): Kept => ({
  ...{ folder, name, isLink: false, isFound: true },
  forget: () => undefined,
});

function linked(folder: Folder, name: string, opened: OpenFile): Kept {
  /** Only as long as the file has another name. */
  const forget = (): void => {
    const there = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
    const links = fstatSync(opened.fd, { bigint: true }).nlink;
    if (there !== undefined && sameFile(there, opened.stats) && links > 1n) unlinkSync(folder.base + name);
  };
  return { folder, name, isLink: true, isFound: false, forget };
}

async function isSameContent(folder: Folder, name: string, kept: string, opened: OpenFile): Promise<boolean> {
  const home = folder.seenAs?.folder ?? folder;
  const there = lstatSync(home.base + kept, { bigint: true, throwIfNoEntry: false });
  if (there === undefined || !isFile(there) || there.size !== opened.stats.size) return false;
  return (await hashOfFile(home, kept, there)) === (await hashOfFile(folder, name, opened.stats));
}

function notKept(folder: Folder, name: string, errno: string, cause: unknown): Failure {
  const refused = failure(
    'preservationFailed',
    'keep',
    pathIn(folder, name),
    `no second name could be made (${errno})`,
  );
  refused.cause = cause;
  return refused;
}
