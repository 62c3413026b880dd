/** A mutant: one fault that is planted in one file, so that the tests show that they see it. */

export const areas = [
  'planner',
  'fold',
  'looks',
  'replace',
  'flushes',
  'preconditions',
  'log',
  'gate',
  'budget',
  'listener',
  'plugins',
] as const;

export type Area = (typeof areas)[number];

export interface Mutant {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What it would do to a user, in one sentence. */
  readonly harm: string;
  /** The smallest set of spec files that catches it. */
  readonly specs: readonly string[];
  /** Patterns of the names of the tests that catch it, where the others of these files take long. */
  readonly tests?: readonly string[];
}

/** The text of the file with the fault in it. Throws when the place is not there, or not the only one. */
export function planted(text: string, { file, find, replace }: Mutant): string {
  const places = text.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} holds ${places} times what one mutant changes: ${find}`);
  if (find === replace) throw new Error(`${file}: a mutant changes nothing: ${find}`);
  return text.replace(find, () => replace);
}
