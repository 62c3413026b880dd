/** Lines: what the reporter wants to say, with the verbosity from which on it is said. */

export interface Line {
  readonly level: 0 | 1 | 2;
  readonly text: string;
}

export const info = (text: string): Line => ({ level: 0, text });
export const verbose = (text: string): Line => ({ level: 1, text });
export const debug = (text: string): Line => ({ level: 2, text: `DEBUG: ${text}` });
