import { statSync } from 'node:fs';
import { errnoOf } from './errno.ts';

/** Tells the folder at that path from others; null when there is none. */
export function rootAt(path: string): string | null {
  try {
    const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
    return `${dev}/${ino}/${birthtimeNs}`;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
