/** Flags of open(2). Nothing is ever opened through a symbolic link at its last name. */
import { constants, readlinkSync } from 'node:fs';

/** A bare reference: needs no permission on the file and does not wake FIFOs or devices. Not in `fs.constants`; the same number on all Linux machines that Node knows. */
const O_PATH = 0o10000000;

export const openFolder: number = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
export const openReference: number = O_PATH | constants.O_NOFOLLOW;
export const openToRead: number = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
export const openToFill: number =
  constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
export const createOnly: number =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * A descriptor as a path: the kernel goes straight to the open file, whatever its names are by now. `/proc/self` is itself a
 * link, looked up once here instead of each time: a fifth of a scan.
 */
export const viaDescriptor = (fd: number): string => `${descriptors}${fd}`;

const descriptors = `/proc/${processFolder()}/fd/`;

function processFolder(): string {
  try {
    return readlinkSync('/proc/self');
  } catch {
    // Without /proc nothing works here; the first use says so, not the import.
    return 'self';
  }
}
