/** A local version keeps a second name beside the first before it is replaced, so that its content is never without one. */
import { linkSync, lstatSync } from 'node:fs';
import { type Failure, type KeptName, keptNames } from '@tidemark/contracts';
import { errnoOf, failure } from './errno.ts';
import { type OpenFile, pathIn } from './expected.ts';
import type { Folder } from './folders.ts';
import { isFile, sameFile } from './identity.ts';
import { hashOfFile } from './stable-file.ts';

export function noKeptName(folder: Folder, keepAs: KeptName): Failure {
  const name = `${keepAs.prefix}NNNN${keepAs.suffix}`;
  return failure('preservationFailed', 'keep', pathIn(folder, name), 'all names up to 1000 are taken');
}

/**
 * Links the file to the first free kept name. A file with the same bytes that is already there serves as well.
 * @throws Failure `preservationFailed`
 */
export async function keepBeside(
  folder: Folder,
  name: string,
  opened: OpenFile,
  keepAs: KeptName,
): Promise<{ readonly name: string; readonly isNew: boolean }> {
  for (const kept of keptNames(keepAs)) {
    try {
      linkSync(folder.base + name, folder.base + kept);
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw notKept(folder, name, errnoOf(error) ?? 'unknown', error);
      // The same file: an earlier attempt came as far as this.
      const there = lstatSync(folder.base + kept, { bigint: true, throwIfNoEntry: false });
      if (there !== undefined && sameFile(there, opened.stats)) return { name: kept, isNew: true };
      if (await isSameContent(folder, name, kept, opened)) return { name: kept, isNew: false };
      continue;
    }
    const linked = lstatSync(folder.base + kept, { bigint: true });
    if (!sameFile(linked, opened.stats))
      throw failure('changedMeanwhile', 'keep', pathIn(folder, name), 'it was replaced meanwhile');
    return { name: kept, isNew: true };
  }
  throw noKeptName(folder, keepAs);
}

async function isSameContent(folder: Folder, name: string, kept: string, opened: OpenFile): Promise<boolean> {
  const there = lstatSync(folder.base + kept, { bigint: true, throwIfNoEntry: false });
  if (there === undefined || !isFile(there) || there.size !== opened.stats.size) return false;
  return (await hashOfFile(folder, kept, there)) === (await hashOfFile(folder, name, opened.stats));
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
