/** Tells the versions of one path from those of others. What an operation in the trash is called begins with it. */
import { createHash } from 'node:crypto';

/** 16 digits. @param path relative to the sync folder */
export const pathKey = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

/** Behind the name of an operation that put away bytes which the drive has not. */
export const onlyCopyMark = '-only';

/** Sixteen digits of chance, behind the key of the path where that is known. */
const operationPattern = /^([0-9a-f]{16})?[0-9a-f]{16}(?:-only)?$/;

export const isOperation = (name: string): boolean => operationPattern.test(name);

export const isOfOnlyCopy = (name: string): boolean => isOperation(name) && name.endsWith(onlyCopyMark);

/** Null where the name does not tell. */
export const keyOfOperation = (name: string): string | null => operationPattern.exec(name)?.[1] ?? null;
