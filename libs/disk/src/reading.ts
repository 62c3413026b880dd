/** Looking at files and reading them. */
import { type BigIntStats, closeSync, lstatSync, openSync } from 'node:fs';
import {
  type AbortSignalLike,
  type Disk,
  type ExpectedLocal,
  Failure,
  type LocalRow,
} from '@tidemark/contracts';
import type { DiskContext } from './context.ts';
import { asFailure } from './errno.ts';
import { compare, placeOf, withExpected } from './expected.ts';
import { notSyncable } from './folders.ts';
import { isFile, isFolder, rowOf } from './identity.ts';
import { linkedRow } from './linked.ts';
import { atSpot, type FileSpot, spotOf, statsAt } from './links.ts';
import { openToRead } from './open-flags.ts';
import { pathNames } from './path-names.ts';
import { bytesOf, hashOfFile } from './stable-file.ts';
import { outgrow, stampOf } from './stamp.ts';

export function createReading(context: DiskContext): Pick<Disk, 'stat' | 'read' | 'hash'> {
  const { folders, flush } = context;
  const { clock } = context.options;
  return {
    async stat(path) {
      const action = 'look at';
      const names = pathNames(action, path);
      try {
        return await folders.within(action, names.folders, async (folder): Promise<LocalRow | null> => {
          const stats = statsAt(folder, names.name);
          if (stats === undefined) return null;
          if (!isFile(stats) && !isFolder(stats)) throw notSyncable(action, path);
          const now = (): number => clock.now();
          return linkedRow(folder, names.name, now) ?? rowOf(stats, placeOf(folder, names.name, stats), now);
        });
      } catch (error) {
        // No such folder on the way, or something that is none: then there is nothing at that path.
        const code = error instanceof Failure ? error.code : null;
        if (code === 'localGone' || code === 'changedMeanwhile') return null;
        throw asFailure(action, path, error);
      }
    },
    async read(path, expected) {
      let stats = await check(path, expected);
      if (await outgrow(stats, clock)) stats = await check(path, expected);
      const sizeBytes = Number(stats.size);
      return {
        sizeBytes,
        open: (offset) => openAt(path, expected, offset),
        finish: async () => {
          await makeDurable(path);
          await check(path, expected);
        },
      };
    },
    async hash(path, expected, options) {
      return hashed(path, expected, options?.signal);
    },
  };

  /**
   * What went up must not leave the disk with a power cut: its absence, or its older version, would then pass for the user's
   * doing and be repeated on the drive. Programs seldom flush what they save.
   */
  async function makeDurable(path: string): Promise<void> {
    const { folders: above, name } = pathNames('read', path);
    const others = above.map((_name, depth) => folders.within('read', above.slice(0, depth), flush.folder));
    const own = folders.within('read', above, (home) =>
      atSpot('read', home, name, async (folder, leaf) => {
        const fd = openSync(folder.base + leaf, openToRead);
        await Promise.all([flush.file(fd), flush.folder(folder)]).finally(() => closeSync(fd));
      }),
    );
    try {
      await Promise.all([own, ...others]);
    } catch (error) {
      throw asFailure('read', path, error);
    }
  }

  async function check(path: string, expected: ExpectedLocal): Promise<BigIntStats> {
    const { folders: above, name } = pathNames('read', path);
    return folders.within('read', above, (home) =>
      atSpot('read', home, name, (folder, leaf) =>
        withExpected('read', folder, leaf, expected, (opened) => {
          if (!isFile(opened.stats)) throw notSyncable('read', path);
          return opened.stats;
        }),
      ),
    );
  }

  /** Opens the file anew for each reader and only while it is pulled, so that nothing stays open when a transfer is given up. */
  async function* openAt(path: string, expected: ExpectedLocal, offset: number): AsyncGenerator<Uint8Array> {
    const { folders: above, name } = pathNames('read', path);
    const home = folders.enter('read', above);
    let spot: FileSpot | null = null;
    try {
      spot = spotOf('read', home, name);
      const stats = lstatSync(spot.folder.base + spot.name, { bigint: true });
      compare('read', path, stats, placeOf(spot.folder, spot.name, stats), expected);
      yield* bytesOf(spot.folder, spot.name, stats, offset);
    } catch (error) {
      throw asFailure('read', path, error);
    } finally {
      spot?.close();
      folders.leave(home);
    }
  }

  async function hashed(
    path: string,
    expected: ExpectedLocal,
    signal: AbortSignalLike | undefined,
  ): Promise<LocalRow & { readonly hash: string }> {
    const { folders: above, name } = pathNames('read', path);
    return folders.within('read', above, (home) =>
      atSpot('read', home, name, (folder, leaf) =>
        withExpected('read', folder, leaf, expected, async (opened) => {
          if (!isFile(opened.stats)) throw notSyncable('read', path);
          // From then on another save has another stamp, which the end of the reading notices.
          await outgrow(opened.stats, clock);
          const hash = await hashOfFile(folder, leaf, opened.stats, signal);
          return {
            ...rowOf(opened.stats, opened.place, () => clock.now()),
            stamp: stampOf(opened.stats),
            hash,
          };
        }),
      ),
    );
  }
}
