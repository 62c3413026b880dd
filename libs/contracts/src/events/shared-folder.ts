/** What becomes of a shared folder, which is a sync of its own. The log of the sync folder around it tells of it here. */
export const sharedFolderTexts = {
  added: 'It is a shared folder, which is synced from now on',
  takenOver: 'The folder that was there already is synced as the shared folder from now on',
  folderMoved: 'The shared folder was moved on disk, as its shortcut was online',
  shortcutMoved: 'The shortcut was moved online, as the shared folder was on disk',
  shortcutRemoved:
    'The shared folder was removed on disk, so its shortcut was removed online. Its owner keeps everything',
  left: 'The shortcut is gone, so the shared folder stays on disk as it is and is synced no more',
  unreachable:
    'The shared folder could not be reached, as when its owner ends the sharing. Nothing in it was deleted',
  reached: 'The shared folder can be reached again',
  leadsToFile: 'It leads to a single file that another person shares, which is left alone',
} as const satisfies Record<string, string>;

export type SharedFolderStep = keyof typeof sharedFolderTexts;
