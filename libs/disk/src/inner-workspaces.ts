/** What of ours lies in a sync folder, on file systems that have no other place for it: any other program takes it for the user's. */
import { join } from 'node:path';
import { mountPointsBelow } from './mount-points.ts';
import { innerWorkspaceName } from './path-names.ts';
import { isInnerWorkspace } from './workspace.ts';

/** Absolute paths of the workspaces in the folder at this absolute path, and at the tops of the file systems in it. */
export const innerWorkspacesIn = (root: string): readonly string[] =>
  ['', ...mountPointsBelow(root)]
    .map((path) => join(root, path))
    .filter((top) => isInnerWorkspace({ base: `${top}/` }))
    .map((top) => join(top, innerWorkspaceName));
