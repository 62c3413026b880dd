/** Values in the units of the system, from settings in the units of people. */
import type { Settings } from './options.ts';

/** File mode bits from a setting such as 700. @param digits octal digits written as a decimal number; checked on load. */
export function modeOf(digits: number): number {
  return Number.parseInt(String(digits), 8);
}

/**
 * Bytes of an upload fragment: the largest multiple of 320 KiB that the setting allows.
 *
 * @see https://learn.microsoft.com/graph/api/driveitem-createuploadsession#upload-bytes-to-the-upload-session
 */
export function fragmentBytes(settings: Pick<Settings, 'file_fragment_size'>): number {
  return Math.floor((settings.file_fragment_size * 1_048_576) / FRAGMENT_UNIT_BYTES) * FRAGMENT_UNIT_BYTES;
}

const FRAGMENT_UNIT_BYTES = 327_680;
