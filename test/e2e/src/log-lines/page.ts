/** `test/e2e/docs/log-lines.md`. */
import { otherLines } from './other-lines.ts';
import { peerCases } from './peer-cases.ts';
import { retriedRuns } from './retried-runs.ts';
import type { Row } from './row.ts';
import { steps } from './scenarios.ts';

export function logLinesPage(): string {
  const rows = [...peerCases, ...retriedRuns, ...otherLines];
  const count = (type: Row['proof']['type']): number =>
    rows.filter(({ proof }) => proof.type === type).length;
  return [
    '# Lines that scripts look for',
    '',
    'Made by `log-lines.spec.ts` (`npx vitest run --project e2e log-lines -u`); do not edit. Programs around `onedrive`, and its own tests, look for these lines. Each is',
    'found in, or is missing from, what a step of a run of the built command printed, on a personal and on a business account.',
    '',
    `${count('shown')} are printed, ${count('never')} are printed nowhere in the step, ${count('elsewhere')} stand in another test, ${count('differs')} cases find another outcome here, and ${count('absent')} lines tell of what does not exist here.`,
    '',
    '## Lines of the test cases of `onedrive`',
    '',
    ...table(peerCases),
    '',
    '## Lines after which those test cases try again',
    '',
    ...table(retriedRuns),
    '',
    '## Other lines',
    '',
    ...table(otherLines),
    '',
    '## Steps',
    '',
    '| Step | Switches and settings |',
    '| --- | --- |',
    ...Object.entries(steps).map(([name, how]) => `| ${name} | ${coded(how)} |`),
    '',
  ].join('\n');
}

const table = (rows: readonly Row[]): readonly string[] => [
  '| Of | Line | How it is known |',
  '| --- | --- | --- |',
  ...rows.map(
    ({ of, line, proof }) =>
      `| ${of} | ${line === null ? 'files and exit codes' : coded(line)} | ${inWords(proof)} |`,
  ),
];

/** A bar ends a cell, and blanks at the end are part of some lines. */
const coded = (text: string): string => `\`${text.replaceAll('|', '\\|').trimEnd()}\``;

const linkTo = (spec: string): string => `[${spec.slice(spec.lastIndexOf('/') + 1)}](../src/${spec})`;

function inWords(proof: Row['proof']): string {
  switch (proof.type) {
    case 'shown':
      return `printed: ${proof.step}`;
    case 'never':
      return `not printed: ${proof.step}`;
    case 'elsewhere':
      return linkTo(proof.spec);
    case 'differs':
      return `differs: ${proof.why} (${linkTo(proof.spec)})`;
    case 'absent':
      return `does not exist: ${proof.why}`;
  }
}
