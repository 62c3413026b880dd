/** The manual page, from the tables. */
import { subcommands, type Subcommand } from '../command-line/subcommands.ts';
import { switches, type Switch } from '../command-line/switches.ts';
import type { Option } from '../option.ts';
import { optionFamilies } from '../options.ts';
import { wordsOfOption } from './reference.ts';

/** roff, for `man`. @param version without `v` */
export function renderManPage(name: 'onedrive' | 'tidemark', version: string): string {
  return `${[
    `.TH ${name.toUpperCase()} 1 "" "tidemark ${version}" "User commands"`,
    '.SH NAME',
    `${name} \\- keeps a folder and a OneDrive or SharePoint drive the same`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '[options] \\-\\-sync | \\-\\-monitor | \\-\\-display\\-config',
    '.br',
    `.B ${name}`,
    'COMMAND [options]',
    '.SH OPTIONS',
    ...switches.flatMap(switchEntry),
    '.SH COMMANDS',
    escaped(
      `'${name} help COMMAND' says all of one of them. What is among the options above is not told again.`,
    ),
    ...subcommands.flatMap(command),
    '.SH CONFIGURATION',
    'Settings in the file',
    '.I config',
    'of the configuration directory, one a line: key = "value". Those of the last part stand in',
    '.I tidemark.conf.',
    ...Object.entries<Readonly<Record<string, Option>>>(optionFamilies).flatMap(([family, table]) => [
      `.SS ${escaped(family)}`,
      ...Object.entries(table).flatMap(([key, option]) => entry(key, wordsOfOption(option))),
    ]),
  ].join('\n')}\n`;
}

function command({ name, operands, summary, switches: taken, steps }: Subcommand): readonly string[] {
  const own = taken.filter((one) => !switches.includes(one));
  return [
    `.SS ${escaped([name, ...operands].join(' '))}`,
    escaped(summary),
    ...steps.flatMap((step) => entry([step.name, ...step.operands].join(' '), step.summary)),
    ...own.flatMap(switchEntry),
  ];
}

function switchEntry({ long, short, argument, summary }: Switch): readonly string[] {
  const names = short === undefined ? `--${long}` : `--${long}, -${short}`;
  return entry(argument === undefined ? names : `${names} ${argument}`, summary);
}

const entry = (head: string, text: string): readonly string[] => [
  '.TP',
  `.B ${escaped(head)}`,
  escaped(text),
];

/** A backslash begins a request, a dash would be a hyphen, a dot or an apostrophe at the start of a line a request. */
function escaped(text: string): string {
  const plain = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
