export type {
  ContentMatch,
  ContentState,
  Item,
  ItemEntries,
  LocalEntry,
  Place,
  RemoteEntry,
  Side,
  StoredItem,
  SyncedEntry,
} from './item.ts';
export {
  contentBetween,
  isAtRest,
  localContent,
  otherSide,
  remoteContent,
  samePlace,
  sameTime,
} from './item.ts';
export type { Common } from './base.ts';
export { agree, end, establish, setBase } from './base.ts';
export { foldName } from './name-index.ts';
export type { Trees } from './trees.ts';
export {
  addItem,
  createItem,
  createTrees,
  depthMax,
  isUnlistable,
  isWithin,
  itemOf,
  pathOf,
  setLocal,
  setRemote,
  shownPath,
  upwards,
} from './trees.ts';
export {
  isRemoteNews,
  handOver,
  observeRemote,
  observeRemoteGone,
  observeRemoteUnread,
  replaceRemote,
  sweepBelow,
} from './observe-remote.ts';
export {
  adoptFolder,
  folderOnDisk,
  isLocalNews,
  observeLocal,
  observeLocalGone,
  replaceLocal,
} from './observe-local.ts';
export { heirOf, rejoin } from './rejoin.ts';
export { restoreItem } from './restore-item.ts';
export { setRoots } from './roots.ts';
export { hasLostIdentity, loseIdentity } from './weak-identity.ts';
