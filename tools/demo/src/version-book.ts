/** Every version that anybody wrote, so that afterwards each can be looked for. */

export type VersionBook = {
  /** `content`: QuickXorHash. `author` says who wrote it, in words. */
  readonly wrote: (content: string, path: string, author: string) => void;
  /** The author of a newer version saw this one and replaced it on purpose. */
  readonly replaced: (content: string) => void;
  readonly size: () => number;
  /** One line for each version that is in none of the places. */
  readonly missingFrom: (places: readonly ReadonlySet<string>[]) => string[];
};

export function createVersionBook(): VersionBook {
  const versions = new Map<string, string>();
  return {
    wrote: (content, path, author) => void versions.set(content, `"${path}", written ${author}`),
    replaced: (content) => void versions.delete(content),
    size: () => versions.size,
    missingFrom: (places) =>
      [...versions]
        .filter(([content]) => !places.some((place) => place.has(content)))
        .map(([, line]) => line),
  };
}
