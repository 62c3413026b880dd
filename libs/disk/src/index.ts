export { createDisk, type FolderDisk } from './create-disk.ts';
export type { DiskOptions } from './options.ts';
export { overlapOf, type Overlap } from './overlap.ts';
export { lockFolder, type FolderLocking } from './folder-lock.ts';
export { lockHolderAt } from './lock-holder.ts';
export { rootAt } from './root-at.ts';
export type { Pruned } from './trash/prune-trash.ts';
export { earlierMarkerName, innerWorkspaceName } from './path-names.ts';
export { escaped, quoted } from './quoted.ts';
