/** What shells offer to complete, from the tables. */
import { subcommands } from '../command-line/subcommands.ts';
import { switches, type Switch } from '../command-line/switches.ts';

export const shells = ['bash', 'fish', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** Defines completion of both names of the command. Tidemark's commands are offered as the first word. */
export function renderCompletions(shell: Shell): string {
  return `${{ bash, fish, zsh }[shell]().join('\n')}\n`;
}

const names = ['tidemark', 'onedrive'] as const;
const commands = subcommands.map(({ name }) => name);

/** Every argument that names a path is completed as one; the others are free. */
const takesPath = ({ argument = '' }: Switch): boolean => /PATH|DIRECTORY|FILE/.test(argument);

function bash(): readonly string[] {
  const of = (wanted: (one: Switch) => boolean): string =>
    switches
      .filter(wanted)
      .map(({ long }) => `--${long}`)
      .join('|');
  return [
    '_tidemark() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}',
    '  COMPREPLY=()',
    '  case $before in',
    `    ${of(takesPath)}) mapfile -t COMPREPLY < <(compgen -f -- "$word"); return ;;`,
    `    ${of((one) => one.argument !== undefined && !takesPath(one))}) return ;;`,
    '  esac',
    '  if [[ $word == -* ]]; then',
    `    mapfile -t COMPREPLY < <(compgen -W "${switches.map(({ long }) => `--${long}`).join(' ')}" -- "$word")`,
    '  elif [[ $COMP_CWORD == 1 ]]; then',
    `    mapfile -t COMPREPLY < <(compgen -W "${commands.join(' ')}" -- "$word")`,
    '  else',
    '    mapfile -t COMPREPLY < <(compgen -f -- "$word")',
    '  fi',
    '}',
    `complete -o filenames -F _tidemark ${names.join(' ')}`,
  ];
}

function zsh(): readonly string[] {
  const specs = switches.map((one) => {
    const text = `${one.long}[${quoted(one.summary.replaceAll(/[[\]:]/g, ' '))}]`;
    if (one.argument === undefined) return `    '--${text}'`;
    const what = quoted(one.argument.replaceAll(':', ' '));
    return `    '--${text}:${what}:${takesPath(one) ? '_files' : ''}'`;
  });
  return [
    `#compdef ${names.join(' ')}`,
    '_arguments \\',
    ...specs.map((spec) => `${spec} \\`),
    `    '1:command:(${commands.join(' ')})' \\`,
    "    '*:file:_files'",
  ];
}

function fish(): readonly string[] {
  return names.flatMap((name) => [
    ...switches.map((one) => {
      const short = one.short === undefined ? '' : ` -s ${one.short}`;
      const argument = one.argument === undefined ? '' : takesPath(one) ? ' -r -F' : ' -x';
      return `complete -c ${name} -l ${one.long}${short}${argument} -d '${fishQuoted(one.summary)}'`;
    }),
    ...subcommands.map(
      (one) => `complete -c ${name} -n __fish_use_subcommand -a ${one.name} -d '${fishQuoted(one.summary)}'`,
    ),
  ]);
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''");
const fishQuoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
