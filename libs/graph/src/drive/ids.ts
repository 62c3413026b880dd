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
