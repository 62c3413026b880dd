/** Every option and switch of the peer with what it does here, and how that is known. */
import { configOptions, type Option, switches } from '@tidemark/settings';
import { evidenceInAnyCase, optionEvidence, shownOtherwise, switchEvidence } from './evidence.ts';

export interface Row {
  /** Key of `config`, or null of a switch that no option stands behind. */
  readonly key: string | null;
  /** With dashes; null where there is none. */
  readonly cli: string | null;
  readonly standing:
    | {
        readonly type: 'works';
        /** From the root of the repository. */ readonly spec: string;
        readonly why?: string;
      }
    /** What it asks for is so in any case. */
    | { readonly type: 'always'; readonly why: string; readonly spec: string }
    | { readonly type: 'accepted'; readonly why: string }
    | { readonly type: 'missing' };
}

export const rows = (): readonly Row[] => [
  ...Object.entries<Option>(configOptions).map(([key, option]): Row => ({
    key,
    cli: option.cli === undefined ? null : `--${option.cli}`,
    standing: ofOption(key, option),
  })),
  ...switches
    .filter((one) => one.key === undefined)
    .map(({ long }): Row => ({ key: null, cli: `--${long}`, standing: ofSwitch(long) })),
];

function ofOption(key: string, { withoutEffect, always }: Option): Row['standing'] {
  if (withoutEffect !== undefined) return { type: 'accepted', why: withoutEffect };
  const inAnyCase = evidenceInAnyCase[key];
  if (always !== undefined)
    return inAnyCase === undefined
      ? { type: 'missing' }
      : { type: 'always', why: always, spec: below(inAnyCase) };
  const otherwise = shownOtherwise[key];
  if (otherwise !== undefined) return { type: 'works', ...otherwise };
  return works(optionEvidence[key]);
}

const ofSwitch = (long: string): Row['standing'] => works(switchEvidence[long]);

const works = (spec: string | undefined): Row['standing'] =>
  spec === undefined ? { type: 'missing' } : { type: 'works', spec: below(spec) };

const below = (spec: string): string => `test/e2e/src/${spec}`;

/** `test/e2e/docs/options.md`. */
export function optionsTablePage(): string {
  const all = rows();
  const count = (type: Row['standing']['type']): number =>
    all.filter(({ standing }) => standing.type === type).length;
  return [
    '# Options and switches of `onedrive`',
    '',
    'Made by `options-table.spec.ts` (`npx vitest run --project e2e options-table -u`); do not edit. "Works" names the test in which a run',
    'of the built command shows it.',
    '',
    `${count('works')} work, ${count('always')} ask for what is so in any case, ${count('accepted')} are accepted without effect, and a run says so once.`,
    '',
    '| Option | Command line | How it is |',
    '| --- | --- | --- |',
    ...all.map(
      ({ key, cli, standing }) =>
        `| ${key === null ? '–' : `\`${key}\``} | ${cli === null ? '–' : `\`${cli}\``} | ${inWords(standing)} |`,
    ),
    '',
  ].join('\n');
}

const linkTo = (spec: string): string => `[${spec.slice(spec.lastIndexOf('/') + 1)}](../../../${spec})`;

function inWords(standing: Row['standing']): string {
  switch (standing.type) {
    case 'works': {
      const link = `works (${linkTo(standing.spec)})`;
      return standing.why === undefined ? link : `${link}; not by a run of the command: ${standing.why}`;
    }
    case 'always':
      return `so in any case: ${standing.why} (${linkTo(standing.spec)})`;
    case 'accepted':
      return `accepted: ${standing.why}`;
    case 'missing':
      return '';
  }
}
