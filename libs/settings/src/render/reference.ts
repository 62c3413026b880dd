/** The options as a page of documentation, in the order of the tables. */
import { switches } from '../command-line/switches.ts';
import type { Option } from '../option.ts';
import { optionFamilies } from '../options.ts';

/** `docs/options.md`, as it should be; `npm run pages` writes it anew. */
export const optionReferencePage = (): string =>
  [
    '# Options',
    '',
    'Made from `src/options` by `npm run pages`; do not edit. Those of the table “tidemark.conf” stand in that file, all',
    'others in `config`, which is the file of the peer. A value on the command line wins over one in a file. Switches that are no',
    'option of a file come last.',
    '',
    renderOptionReference(),
    renderSwitchReference(),
  ].join('\n');

/** Markdown: one table a family. */
export function renderOptionReference(): string {
  const families = Object.entries<Readonly<Record<string, Option>>>(optionFamilies).map(([name, table]) =>
    [
      `## ${name}`,
      '',
      '| Option | Default | Legal values | Command line | Meaning |',
      '| --- | --- | --- | --- | --- |',
      ...Object.entries(table).map(([key, option]) => row(key, option)),
    ].join('\n'),
  );
  return `${families.join('\n\n')}\n`;
}

/** Markdown: the switches that no option of a file stands for. */
function renderSwitchReference(): string {
  const rows = switches
    .filter(({ key }) => key === undefined)
    .map(({ long, short, argument, summary }) => {
      const value = argument === undefined ? '' : ` ${argument}`;
      const names = [`\`--${long}${value}\``, ...(short === undefined ? [] : [`\`-${short}\``])];
      return `| ${escaped(names.join(', '))} | ${escaped(summary)} |`;
    });
  return ['## On the command line alone', '', '| Switch | Meaning |', '| --- | --- |', ...rows, ''].join(
    '\n',
  );
}

function row(key: string, option: Option): string {
  const cells = [
    `\`${key}\``,
    code(shownDefault(option)),
    escaped(legalValues(option)),
    option.cli === undefined ? '–' : `\`--${option.cli}\``,
    escaped(wordsOfOption(option)),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** What it does, and what has to be known of it. */
export function wordsOfOption({ summary, resync, resyncHere, withoutEffect, always }: Option): string {
  const sentences = [summary];
  if (resyncHere === true) sentences.push('Another folder than before needs `--resync`');
  else if (resync !== undefined)
    sentences.push(
      'A change is applied at once and deletes nothing; with `compat_strict_resync` it needs `--resync`',
    );
  if (always !== undefined) sentences.push(`So in any case: ${always}`);
  if (withoutEffect !== undefined) sentences.push(`Accepted without effect: ${withoutEffect}`);
  return sentences.join('. ');
}

function shownDefault(option: Option): string {
  if (option.type === 'list') return option.default.join('|');
  return option.type === 'integer' ? String(option.default / (option.factor ?? 1)) : String(option.default);
}

function legalValues(option: Option): string {
  switch (option.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'choice':
      return option.choices
        .filter((choice) => choice !== '')
        .map((choice) => `\`${choice}\``)
        .join(', ');
    case 'list':
      return option.commas === 'separate'
        ? 'entries between vertical bars or commas'
        : 'entries between vertical bars';
    case 'text':
      return 'text';
    case 'integer':
      return `${option.unit}${range(option)}${option.zero === 'off' ? ', or 0 for off' : ''}`;
  }
}

function range({ minimum, maximum }: { readonly minimum?: number; readonly maximum?: number }): string {
  if (maximum !== undefined) return `, ${minimum ?? 0} to ${maximum}`;
  return minimum === undefined ? '' : `, at least ${minimum}`;
}

const code = (text: string): string => (text === '' ? 'empty' : `\`${escaped(text)}\``);
const escaped = (text: string): string => text.replaceAll('|', '\\|');
