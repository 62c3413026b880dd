/** Bytes on their way in: a staged file per key, from `stage` to `place`. */
import { createHash } from 'node:crypto';
import { type BigIntStats, fstatSync } from 'node:fs';
import { type Authors, Failure, type LocalId, type Staged } from '@tidemark/contracts';
import { writeAuthors } from './authors.ts';
import type { DiskContext } from './context.ts';
import { asFailure } from './errno.ts';
import { placeOf } from './expected.ts';
import type { Folder } from './folders.ts';
import { identityOf } from './identity.ts';
import { accessAt, takeOwner } from './kept-access.ts';
import { atSpot } from './links.ts';
import { folderNames, pathNames } from './path-names.ts';
import { type Placement, placeKept, placeNew, replace } from './place.ts';
import { carriedOver, openStagedFile, type StagedFile } from './staged-file.ts';
import type { Workspace } from './workspace.ts';

export interface Staging {
  stage(key: string, sizeBytes: number, path?: string): Promise<Staged>;
  /** Nothing is on its way in. */
  isIdle(): boolean;
  close(): void;
}

/** Descriptors of downloads that failed stay open until their next attempt; beyond this number the oldest are closed. */
const openMax = 256;

export function createStaging(context: DiskContext): Staging {
  const open = new Map<string, StagedFile>();

  function release(name: string, file: StagedFile): void {
    file.close();
    if (open.get(name) === file) open.delete(name);
  }

  return {
    async stage(key, sizeBytes, path = key) {
      const action = 'stage';
      const name = createHash('sha256').update(key).digest('hex').slice(0, 40);
      // A new attempt starts with a fresh hash over what is there; the earlier one can no longer write.
      const earlier = open.get(name);
      if (earlier !== undefined) release(name, earlier);
      const workspace = context.workspace(context.folders.root());
      let file: StagedFile;
      try {
        file = await openStagedFile(workspace, name, sizeBytes, path, promised(), context);
      } catch (error) {
        throw asFailure(action, path, error);
      }
      open.set(name, file);
      for (const [oldest, one] of open) {
        if (open.size <= openMax) break;
        release(oldest, one);
      }
      return staged(file, workspace, key, path);
    },
    isIdle: () => open.size === 0,
    close() {
      for (const [name, file] of open) release(name, file);
    },
  };

  /** Bytes that other downloads still have to write. Two that each fit alone must not fill the disk together. */
  function promised(): number {
    let bytes = 0;
    for (const { sizeBytes, writtenBytes } of open.values()) bytes += Math.max(0, sizeBytes - writtenBytes);
    return bytes;
  }

  function staged(file: StagedFile, home: Workspace, key: string, path: string): Staged {
    let hash: string | null = null;
    const offset = file.writtenBytes;
    /** Runs with everything durable that has to be, before and after. */
    async function placing<Result>(
      path: string,
      folders: readonly string[],
      { modifiedAt, authors }: { readonly modifiedAt: number; readonly authors?: Authors | undefined },
      /** Of what is replaced, which may be behind a link. */
      replaced: string | null,
      work: (placement: Placement, folder: Folder, name: string) => Promise<Result> | Result,
    ): Promise<Result> {
      const action = 'place';
      const at = (home: Folder, act: (folder: Folder, name: string) => Promise<Result>): Promise<Result> =>
        replaced === null ? act(home, '') : atSpot(action, home, replaced, act);
      const inFolder = async (folder: Folder, name: string): Promise<Result> => {
        const workspace = context.workspace(folder);
        let placed = file;
        try {
          if (workspace !== home) placed = await carriedOver(file, workspace, key, context);
          if (authors !== undefined) context.refused(writeAuthors(placed.fd, authors));
          await placed.seal(modifiedAt, modeFor(placed, replaced === null ? null : accessAt(folder, name)));
          context.placements.note(identityOnceIn(folder, placed), key);
          const result = await work({ context, workspace, file: placed, hash, modifiedAt }, folder, name);
          if (placed === file) file.placed();
          else file.remove();
          release(file.name, file);
          const kept = folder.seenAs?.folder ?? folder;
          await Promise.all([
            context.flush.folder(folder),
            kept === folder ? null : context.flush.folder(kept),
          ]);
          return result;
        } catch (error) {
          throw asFailure(action, path, error);
        } finally {
          if (placed !== file) placed.close();
        }
      };
      return context.folders.within(action, folders, (home) => at(home, inFolder));
    }
    /** null: it stays what the umask made of it. */
    function modeFor(placed: StagedFile, before: BigIntStats | null): number | null {
      const { setPermissions, fileMode, replacedMode } = context.options;
      const kept = before === null ? null : takeOwner(placed.fd, before);
      if (kept !== null && replacedMode !== 'fileMode') return kept;
      return setPermissions ? fileMode : null;
    }
    /** What a scan will call the staged file, wherever it gets its name on that file system. */
    function identityOnceIn(folder: Folder, placed: StagedFile): LocalId {
      const stats = fstatSync(placed.fd, { bigint: true });
      return identityOf(stats, placeOf(folder, placed.name, stats));
    }
    /** A piece that the disk has no room for would only take the room of others. */
    async function refuse(error: unknown): Promise<never> {
      const failure = asFailure('stage', path, error);
      if (failure instanceof Failure && failure.code === 'diskFull') await file.restart();
      throw failure;
    }
    return {
      offset,
      write(chunk) {
        hash = null;
        try {
          return file.write(chunk)?.catch(refuse);
        } catch (error) {
          const failure = asFailure('stage', path, error);
          if (failure instanceof Failure && failure.code === 'diskFull') return refuse(failure);
          throw failure;
        }
      },
      async restart() {
        hash = null;
        await file.restart();
      },
      async finish() {
        hash = file.hash();
        return { hash, sizeBytes: file.writtenBytes };
      },
      read: () => file.read(),
      async place(path, { expected, keepAs, modifiedAt, authors }) {
        const beside = { modifiedAt, authors };
        const { folders, name } = pathNames('place', path);
        if (expected === null)
          return placing(path, folders, beside, null, (placement, folder) => ({
            row: placeNew(placement, folder, name),
            kept: null,
            trash: null,
          }));
        return placing(path, folders, beside, name, (placement, folder, leaf) =>
          replace(placement, folder, leaf, expected, keepAs),
        );
      },
      async placeAs(folderPath, keepAs, modifiedAt) {
        const path = folderPath === '' ? `${keepAs.prefix}NNNN` : `${folderPath}/${keepAs.prefix}NNNN`;
        pathNames('place', `${keepAs.prefix}0000${keepAs.suffix}`);
        return placing(path, folderNames('place', folderPath), { modifiedAt }, null, (placement, folder) =>
          placeKept(placement, folder, keepAs),
        );
      },
      async discard() {
        file.remove();
        release(file.name, file);
      },
    };
  }
}
