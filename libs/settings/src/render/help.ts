/** The text of --help, from the tables. */
import { subcommands, type Subcommand } from '../command-line/subcommands.ts';
import { switches, type Switch } from '../command-line/switches.ts';

/**
 * @param invokedAs base name of the program as it was called.
 * @param topic name of a subcommand; without it, everything.
 */
export function renderHelp(invokedAs: string, topic?: string): readonly string[] {
  const subcommand = subcommands.find(({ name }) => name === topic);
  return subcommand === undefined ? overview(invokedAs) : commandHelp(invokedAs, subcommand);
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
    'Options:',
    ...subcommand.switches.toSorted((left, right) => (left.long < right.long ? -1 : 1)).flatMap(switchLines),
  ];
}

const signature = ({ name, operands }: Subcommand): string => [name, ...operands].join(' ');

function switchLines({ long, short, argument, summary }: Switch): readonly string[] {
  const names = short === undefined ? `--${long}` : `--${long} -${short}`;
  return [argument === undefined ? `  ${names}` : `  ${names} ${argument}`, `      ${summary}`];
}
