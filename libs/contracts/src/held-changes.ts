/** What waits for a confirmation because there is much of it at once: how many files and folders lose what, on which side. */
export interface HeldChanges {
  /** Gone from the disk: they would be deleted on the drive. */
  readonly deletionsOnDrive: number;
  /** Gone from the drive: they would be deleted on disk. */
  readonly deletionsOnDisk: number;
  /** Files that were rewritten on disk: their versions on the drive would be replaced. */
  readonly replacementsOnDrive: number;
}

/** One sentence for each side that would lose something, and how to let it go on. */
export function heldChangesText(held: HeldChanges & { readonly hash: string }): readonly string[] {
  const { deletionsOnDrive, deletionsOnDisk, replacementsOnDrive, hash } = held;
  const sentences = [
    {
      count: deletionsOnDrive,
      text: 'files and folders are gone from the sync folder. Deleting them on the drive waits for your confirmation',
    },
    {
      count: deletionsOnDisk,
      text: 'files and folders are gone from the drive. Deleting them in the sync folder waits for your confirmation',
    },
    {
      count: replacementsOnDrive,
      text: 'files were rewritten in the sync folder within a short time. Replacing their versions on the drive waits for your confirmation',
    },
  ];
  return [
    ...sentences.filter(({ count }) => count > 0).map(({ count, text }) => `${count} ${text}`),
    `To let exactly this go on: tidemark apply ${hash}`,
  ];
}
