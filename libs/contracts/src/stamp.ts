/**
 * Stamps of files on disk. A file system that counts time in seconds may give two saves one stamp. Seen within such a second,
 * a stamp proves nothing, and says so by a `+` at its end: it is young.
 */
export const youngStamp = (stamp: string): string => `${stamp}+`;
export const isYoungStamp = (stamp: string): boolean => stamp.endsWith('+');
/** The stamp that the same file has once the second is over, if no program writes to it until then. */
export const settledStamp = (stamp: string): string => (isYoungStamp(stamp) ? stamp.slice(0, -1) : stamp);
/** Equal bytes for certain, in one and the same file. */
export const isSameStamp = (one: string, other: string): boolean => one === other && !isYoungStamp(one);
/** The stamp of a folder that a followed symbolic link leads to. Removing such a folder removes the link, and what it leads to stays. */
export const linkStamp = 'link';
