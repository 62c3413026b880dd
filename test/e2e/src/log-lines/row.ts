/** One line that scripts and the peer's own tests look for, and how it is known that a run here prints it. */

/** `sync_list` and the like stand for themselves; `<n>` for a number, `<text>` for any, `<account>` for the kind of account. */
export interface Row {
  /** Which of the peer's test cases looks for it, or what else. */
  readonly of: string;
  /** Null: the case looks at files and exit codes alone. */
  readonly line: string | null;
  readonly proof: Proof;
}

export type Proof =
  | { readonly type: 'shown'; readonly step: string }
  /** Printed nowhere in the step: the case fails where it meets the line. */
  | { readonly type: 'never'; readonly step: string }
  /** Another spec has it, below `test/e2e/src`. `says`: what stands there, each of them. */
  | { readonly type: 'elsewhere'; readonly spec: string; readonly says: Lines }
  /** The case asks for another outcome than the one here, which the spec shows. */
  | { readonly type: 'differs'; readonly spec: string; readonly says: Lines; readonly why: string }
  /** What it tells of does not exist here. */
  | { readonly type: 'absent'; readonly why: string };

type Lines = readonly string[];

export const shown = (of: string, step: string, ...lines: Lines): Row[] =>
  lines.map((line) => ({ of, line, proof: { type: 'shown', step } }));

export const never = (of: string, step: string, ...lines: Lines): Row[] =>
  lines.map((line) => ({ of, line, proof: { type: 'never', step } }));

export const elsewhere = (
  of: string,
  spec: string,
  ...lines: readonly (readonly [line: string, says: string])[]
): Row[] => lines.map(([line, says]) => ({ of, line, proof: { type: 'elsewhere', spec, says: [says] } }));

/** Cases that look at files and exit codes. `says`: of each test, a piece of its name, or of the one row of it that is meant. */
export const files = (of: string, spec: string, ...says: Lines): Row[] => [
  { of, line: null, proof: { type: 'elsewhere', spec, says } },
];

export const differs = (of: string, spec: string, says: string, why: string): Row[] => [
  { of, line: null, proof: { type: 'differs', spec, says: [says], why } },
];

export const absent = (of: string, why: string, ...lines: Lines): Row[] =>
  lines.map((line) => ({ of, line, proof: { type: 'absent', why } }));

/** The first line of a text that holds it. */
export function foundIn(text: string, line: string, account: string): string | undefined {
  const source = line
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('<n>', '\\d+(?:\\.\\d+)?')
    .replaceAll('<text>', '.+')
    .replaceAll('<account>', account);
  const pattern = new RegExp(source);
  return text.split(/\r?\n/).find((one) => pattern.test(one));
}
