/** Drive ids as Graph varies them. */

/**
 * Personal drive ids are 16 hexadecimal digits that arrive in either case, and without their leading zero in some answers.
 * All other ids are opaque and case-sensitive.
 *
 * @see https://github.com/OneDrive/onedrive-api-docs/issues/1902 and abraunegg/onedrive#3072
 */
export function normalDriveId(id: string): string {
  if (id.length > 16 || id.length < 12 || !/^[0-9a-f]+$/i.test(id)) return id;
  return id.toLowerCase().padStart(16, '0');
}

/**
 * Item ids of personal drives start with the drive's id, and arrive in varying case for the same reason. They are given
 * the form that the root's id has; everything behind the prefix stays as it was sent, and so do all other ids.
 */
export function normalItemId(
  id: string,
  drive: { readonly id: string; readonly idPrefix: string | null },
): string {
  const { idPrefix } = drive;
  if (idPrefix === null || id.startsWith(idPrefix)) return id;
  const end = id.indexOf('!');
  if (end < 12 || end > 16 || normalDriveId(id.slice(0, end)) !== drive.id) return id;
  return idPrefix + id.slice(end + 1);
}

/** The prefix of all item ids, when the drive is one of those that have one. */
export function idPrefixOf(driveId: string, rootId: string): string | null {
  const end = rootId.indexOf('!');
  return end >= 12 && normalDriveId(rootId.slice(0, end)) === driveId ? rootId.slice(0, end + 1) : null;
}
