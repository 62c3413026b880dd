/** The workspaces of one disk: one for each file system that something was put on in this run. */
import { dirname, join } from 'node:path';
import type { DiskContext } from './context.ts';
import { asFailure, failure } from './errno.ts';
import type { Folder } from './folders.ts';
import type { DiskOptions } from './options.ts';
import { sweep } from './sweep.ts';
import {
  openInside,
  openWorkspace,
  removeIfEmpty,
  type Workspace,
  type WorkspaceOptions,
} from './workspace.ts';

export interface Workspaces {
  /** Nested file systems on which something was put away in this run, by the path of their topmost folder. */
  readonly usedMounts: ReadonlySet<string>;
  isMainOpen(): boolean;
  /** The workspace on the file system of that folder. @throws Failure when there is no place for one */
  of(folder: Folder, context: DiskContext): Workspace;
  /** A workspace inside the tree is not kept: neither its folder, nor descriptors that keep a file system mounted. */
  putAside(mountPath: string): void;
  close(): void;
}

export interface WorkspacesOptions {
  readonly options: DiskOptions;
  readonly places: Omit<WorkspaceOptions, 'random'>;
  /** Another process may only look. */
  readonly isPlacing: boolean;
  readonly isStagingIdle: () => boolean;
}

export function createWorkspaces(given: WorkspacesOptions): Workspaces {
  const { options, places, isPlacing, isStagingIdle } = given;
  /** By the path of the topmost folder of their file system. */
  const workspaces = new Map<string, Workspace>();
  const usedMounts = new Set<string>();

  return {
    usedMounts,
    isMainOpen: () => workspaces.has(''),
    of(folder, context) {
      if (folder.seenAs !== undefined && folder.mount !== '')
        throw failure(
          'diskDenied',
          'stage files for',
          folder.path,
          'a link leads to a file of another file system',
        );
      const known = workspaces.get(folder.mountPath);
      if (known !== undefined) return known;
      const opened = openFor(folder, context);
      workspaces.set(folder.mountPath, opened);
      if (folder.mountPath !== '') usedMounts.add(folder.mountPath);
      return opened;
    },
    putAside(mountPath) {
      const workspace = workspaces.get(mountPath);
      if (workspace === undefined || workspace.innerPath === null) return;
      if (mountPath === '' && !isStagingIdle()) return;
      workspaces.delete(mountPath);
      workspace.close();
      tidy(workspace);
    },
    close() {
      const main = workspaces.get('');
      for (const workspace of workspaces.values()) workspace.close();
      workspaces.clear();
      if (main !== undefined) tidy(main);
    },
  };

  function openFor(folder: Folder, context: DiskContext): Workspace {
    const { folders } = context;
    const root = folders.root();
    let opened: Workspace | null = null;
    try {
      opened =
        folder.mountPath === ''
          ? openWorkspace(root, { ...places, random: options.random })
          : openNested(folder, context);
      if (isPlacing) sweep(context, folders, opened);
      return opened;
    } catch (error) {
      opened?.close();
      throw asFailure('stage files for', folder.path, error);
    }
  }

  /** Each nested file system has a workspace of its own at its top. */
  function openNested(folder: Folder, { folders }: DiskContext): Workspace {
    const top = folders.enter('stage files for', folder.mountPath.split('/'));
    try {
      const opened = openInside(top, join(options.root, folder.mountPath));
      return Object.assign(opened, { trashPrefix: `${opened.trashPath}/` });
    } finally {
      folders.leave(top);
    }
  }

  function tidy({ innerPath }: Workspace): void {
    if (innerPath !== null && isPlacing) removeIfEmpty({ base: `${dirname(innerPath)}/` });
  }
}
