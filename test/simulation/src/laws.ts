/** The names of the laws. */
export type Law =
  | 'L1'
  | 'L2'
  | 'L3'
  | 'L5'
  | 'L6'
  | 'progress'
  | 'deletion'
  | 'identity'
  | 'repetition'
  | 'direction'
  | 'determinism'
  | 'fault';

export class LawBroken extends Error {
  readonly law: Law;
  constructor(law: Law, detail: string) {
    super(`[${law}] ${detail}`);
    this.name = 'LawBroken';
    this.law = law;
  }
}
