/** What shells offer to complete, from the tables. */
import type { Switch } from '../command-line/switches.ts';
import { places, takesPath, type Place } from './completion-places.ts';

export const shells = ['bash', 'fish', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** Defines completion of both names of the command: at each place what may stand there, and its switches. */
export function renderCompletions(shell: Shell): string {
  return `${{ bash, fish, zsh }[shell]().join('\n')}\n`;
}

const [beginning, ...further] = places as readonly [Place, ...Place[]];
const ofSteps = further.filter(({ path }) => path.includes(' '));
const namesOf = (all: readonly Switch[]): string => all.map(({ long }) => `--${long}`).join(' ');

function bash(): readonly string[] {
  const sets = ({ switches, words, takesPath: files }: Place): string => {
    const taking = switches.filter(({ argument }) => argument !== undefined);
    return [
      `switches='${namesOf(switches)}'`,
      `paths='${namesOf(taking.filter(takesPath))}'`,
      `free='${namesOf(taking.filter((one) => !takesPath(one)))}'`,
      `words='${words.map(({ name }) => name).join(' ')}'`,
      `files=${files ? 'yes' : ''}`,
    ].join(' ');
  };
  return [
    '_tidemark() {',
    '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} switches paths free words files',
    "  local place=''",
    '  ((COMP_CWORD == 1)) || place=${COMP_WORDS[1]}',
    '  ((COMP_CWORD <= 2)) || case "$place ${COMP_WORDS[2]}" in',
    `    ${ofSteps.map(({ path }) => `'${path}'`).join(' | ')}) place+=" \${COMP_WORDS[2]}" ;;`,
    '  esac',
    '  # bash makes three words of --switch=value.',
    '  if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi',
    '  case $place in',
    ...further.map((place) => `    '${place.path}') ${sets(place)} ;;`),
    `    *) ${sets(beginning)}; ((COMP_CWORD == 1)) || words= ;;`,
    '  esac',
    '  COMPREPLY=()',
    '  if [[ " $paths " == *" $before "* ]]; then words=; files=yes',
    '  elif [[ " $free " == *" $before "* ]]; then return',
    '  elif [[ $word == -* ]]; then words=$switches; files=; fi',
    '  [[ -z $files ]] || compopt -o filenames 2>/dev/null',
    '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; [[ -z $files ]] || compgen -f -- "$word")',
    '}',
    'complete -F _tidemark tidemark onedrive',
  ];
}

function zsh(): readonly string[] {
  const specs = ({ path, switches, words, takesPath: files }: Place): readonly string[] => {
    const before = path === '' ? [] : path.split(' ');
    const choices = words.map(({ name }) => name).join(' ');
    return [
      ...switches.map(zshSwitch),
      ...before.map((_, index) => `'${index + 1}: :'`),
      ...(choices === '' ? [] : [`'${before.length + 1}: :(${choices})'`]),
      ...(files ? ["'*: :_files'"] : []),
    ];
  };
  const run = (place: Place): string => `_arguments ${specs(place).join(' ')}`;
  return [
    '#compdef tidemark onedrive',
    'local place=',
    '(( CURRENT == 2 )) || place=${words[2]}',
    '(( CURRENT <= 3 )) || case "$place ${words[3]}" in',
    `  ${ofSteps.map(({ path }) => `'${path}'`).join(' | ')}) place+=" \${words[3]}" ;;`,
    'esac',
    'case $place in',
    ...further.map((place) => `  '${place.path}') ${run(place)} ;;`),
    `  *) ${run(beginning)} ;;`,
    'esac',
  ];
}

function zshSwitch(one: Switch): string {
  const text = `[${quoted(one.summary.replaceAll(/[[\]:]/g, ' '))}]`;
  if (one.argument === undefined) return `'--${one.long}${text}'`;
  return `'--${one.long}=${text}:${quoted(one.argument.replaceAll(':', ' '))}:${takesPath(one) ? '_files' : ''}'`;
}

function fish(): readonly string[] {
  const offer = ({ path, switches, words, takesPath: files }: Place): readonly string[] => {
    const here = `complete -c tidemark -n '__tidemark_at "${path}"'`;
    return [
      ...switches.map(({ long, short, summary, ...one }) => {
        const argument =
          one.argument === undefined ? '' : takesPath({ long, summary, ...one }) ? ' -r -F' : ' -x';
        return `${here} -l ${long}${short === undefined ? '' : ` -s ${short}`}${argument} -d '${fishQuoted(summary)}'`;
      }),
      ...words.map(({ name, summary }) => `${here} -a ${name} -d '${fishQuoted(summary)}'`),
      ...(files ? [`${here} -F`] : []),
    ];
  };
  return [
    'function __tidemark_at --argument-names place',
    '  set -l words (commandline -opc)',
    '  set -l found',
    `  contains -- "$words[2]" ${further
      .filter(({ path }) => !path.includes(' '))
      .map(({ path }) => path)
      .join(' ')}; and set found "$words[2]"`,
    `  contains -- "$words[2] $words[3]" ${ofSteps.map(({ path }) => `'${path}'`).join(' ')}; and set found "$words[2] $words[3]"`,
    '  test "$found" = "$place"',
    'end',
    'complete -c tidemark -f',
    ...places.flatMap(offer),
    'complete -c onedrive --wraps tidemark',
  ];
}

const quoted = (text: string): string => text.replaceAll("'", "'\\''");
const fishQuoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
