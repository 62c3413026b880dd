/** A path in a small file that counts only when it is whole: a power cut may leave a part of it, or zeros. */
import { createHash } from 'node:crypto';

const sealOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);

export const sealedPath = (path: string): string => `${sealOf(path)} ${path}`;

/** Null for what is not, character for character, a sealed path. */
export function unsealedPath(text: string | null): string | null {
  const path = text?.slice(text.indexOf(' ') + 1) ?? '';
  return sealedPath(path) === text ? path : null;
}
