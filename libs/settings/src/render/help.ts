/** The text of --help, from the tables. */
import { switchesOf } from '../command-line/define-subcommand.ts';
import { subcommands, type Step, type Subcommand } from '../command-line/subcommands.ts';
import { switches, type Switch } from '../command-line/switches.ts';

/**
 * @param invokedAs base name of the program as it was called.
 * @param topic name of a subcommand; without it, everything.
 * @param step of this subcommand: only what belongs to it.
 */
export function renderHelp(invokedAs: string, topic?: string, step?: string): readonly string[] {
  const subcommand = subcommands.find(({ name }) => name === topic);
  if (subcommand === undefined) return overview(invokedAs);
  const found = subcommand.steps.find(({ name }) => name === step);
  return found === undefined ? commandHelp(invokedAs, subcommand) : stepHelp(invokedAs, subcommand, found);
}

/** What the program says when it was told no mode. */
export function renderMissingMode(invokedAs: string): readonly string[] {
  return [
    `Your command line input is missing either the '--sync' or '--monitor' switches. Please add one (not both) of these switches to your command line or use '${invokedAs} --help' for further assistance.`,
  ];
}

function overview(invokedAs: string): readonly string[] {
  return [
    `${invokedAs} - A client for the Microsoft OneDrive Cloud Service`,
    '',
    'Usage:',
    `  ${invokedAs} [options] --sync`,
    '      Sync once',
    `  ${invokedAs} [options] --monitor`,
    '      Keep syncing until stopped',
    `  ${invokedAs} [options] --display-config`,
    '      Print the settings',
    `  ${invokedAs} COMMAND [options]`,
    `      One of the commands below; '${invokedAs} help COMMAND' says more`,
    '',
    'Options:',
    ...switches.flatMap(switchLines),
    '',
    'Commands:',
    ...subcommands.flatMap((subcommand) => [`  ${signature(subcommand)}`, `      ${subcommand.summary}`]),
  ];
}

function commandHelp(invokedAs: string, subcommand: Subcommand): readonly string[] {
  return [
    `${invokedAs} ${signature(subcommand)}`,
    `      ${subcommand.summary}`,
    '',
    ...(subcommand.steps.length === 0
      ? []
      : [
          `Steps; '${invokedAs} help ${subcommand.name} STEP' says more:`,
          ...subcommand.steps.flatMap((step) => [`  ${signature(step)}`, `      ${step.summary}`]),
          '',
        ]),
    'Options:',
    ...optionLines(subcommand.switches),
  ];
}

function stepHelp(invokedAs: string, subcommand: Subcommand, step: Step): readonly string[] {
  return [
    `${invokedAs} ${subcommand.name} ${signature(step)}`,
    `      ${step.summary}`,
    '',
    'Options:',
    ...optionLines(switchesOf(subcommand, step)),
  ];
}

const optionLines = (all: readonly Switch[]): readonly string[] =>
  all.toSorted((left, right) => (left.long < right.long ? -1 : 1)).flatMap(switchLines);

const signature = ({ name, operands }: Subcommand | Step): string => [name, ...operands].join(' ');

function switchLines({ long, short, argument, summary }: Switch): readonly string[] {
  const names = short === undefined ? `--${long}` : `--${long} -${short}`;
  return [argument === undefined ? `  ${names}` : `  ${names} ${argument}`, `      ${summary}`];
}
