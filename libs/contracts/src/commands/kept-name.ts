/** Names to try for a kept version: `prefix` + four digits + `suffix`, counting from `from` to 1000. */
export interface KeptName {
  readonly prefix: string;
  readonly suffix: string;
  readonly from: number;
}

/** The name with that counter; null beyond 1000. */
export function keptNameAt({ prefix, suffix }: KeptName, counter: number): string | null {
  return counter > counterMax ? null : `${prefix}${String(counter).padStart(4, '0')}${suffix}`;
}

export function* keptNames(kept: KeptName): Iterable<string> {
  for (let counter = kept.from; ; counter++) {
    const name = keptNameAt(kept, counter);
    if (name === null) return;
    yield name;
  }
}

const counterMax = 1000;
