/** Subjects and patterns: what is valid, and what matches what. Both adapters use these rules, which are those of NATS. */
import { BusError } from './bus-error.ts';

/** As long as NATS allows for a line of its protocol, with room for the rest of the line. */
const SUBJECT_LENGTH_MAX = 1024;
const TOKEN = /^[^\s.*>\p{Cc}]+$/u;

/** Throws BusError `invalidSubject` unless messages can be sent to it. */
export function checkSubject(subject: string): void {
  if (!isShort(subject) || !subject.split('.').every((token) => TOKEN.test(token))) {
    throw new BusError(
      'invalidSubject',
      `Cannot use ${JSON.stringify(subject)} as a subject: tokens without wildcards or spaces, separated by dots, are needed`,
    );
  }
}

/** Throws BusError `invalidSubject` unless it can be subscribed to. */
export function checkPattern(pattern: string): void {
  const tokens = pattern.split('.');
  const valid = tokens.every(
    (token, index) => token === '*' || (token === '>' && index === tokens.length - 1) || TOKEN.test(token),
  );
  if (!isShort(pattern) || !valid) {
    throw new BusError(
      'invalidSubject',
      `Cannot subscribe to ${JSON.stringify(pattern)}: "*" stands for one whole token, ">" for one or more at the end`,
    );
  }
}

/** `pattern` may be a subject, or another pattern: then the answer says whether it covers all that the other one matches. */
export function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    const other = given[index];
    if (other === undefined) return false;
    if (token === '>') return true;
    if (other === '>' || (token !== '*' && token !== other)) return false;
  }
  return wanted.length === given.length;
}

const isShort = (subject: string): boolean => subject.length <= SUBJECT_LENGTH_MAX;
